# @summary Lets a service restart only when the audit finds no error.
#
# The audit runs on every Puppet run, after everything in `watches` is in place and before anything
# in `holds` is touched. When it finds something, or cannot answer, the run fails at the gate: the
# services behind it are skipped and go on with the configuration that they have loaded. A restart
# that is held back in this way is remembered on disk and happens, once, on the first run that finds
# the gate open, whether the configuration was mended or the finding was waived. An open gate with
# nothing due changes nothing and reports nothing.
#
# The order is: watches, a mark when one of them changed, the audit, a notification when there is a
# mark, holds, and the mark's removal. The mark goes last, so that a restart that fails is still due.
#
# @example nginx
#   stackaudit::gate { 'nginx':
#     watches => File['/etc/nginx/nginx.conf'],
#     holds   => Service['nginx'],
#   }
#
# @example a module that keeps configuration and service in two classes
#   stackaudit::gate { 'nginx':
#     watches => Class['nginx::config'],
#     holds   => Class['nginx::service'],
#     targets => ['/etc/nginx', '/etc/systemd/system'],
#   }
#
# @param watches
#   What the service reads. A change of any of these makes a restart due; they need not notify the
#   service themselves, and do no harm if they do.
# @param holds
#   The service, or a class with it. Must not contain what is watched.
# @param targets
#   Where the audit looks for entry points. All of /etc by default: then a fault of any service of
#   the stack closes the gate.
# @param fail_on
#   The lowest severity that closes the gate.
# @param options
#   Further options for the audit, for instance `['--ignore', 'exposure']`.
# @param timeout
#   Seconds that the audit may take; longer closes the gate.
define stackaudit::gate (
  Variant[Type[CatalogEntry], Array[Type[CatalogEntry]]] $watches,
  Variant[Type[CatalogEntry], Array[Type[CatalogEntry]]] $holds,
  Array[Pattern[/\A\//], 1]                              $targets = ['/etc'],
  Enum['error', 'warning', 'info']                       $fail_on = 'error',
  Array[String[1]]                                       $options = [],
  Integer[1]                                             $timeout = 120,
) {
  include stackaudit

  $audit = [$stackaudit::binary, 'audit', '--color', 'never', '--fail-on', $fail_on] + $options + $targets
  $mark  = "${stackaudit::state}/due-${regsubst($title, '[^A-Za-z0-9._-]', '_', 'G')}"
  $due   = [['/usr/bin/test', '-e', $mark]]
  $held  = [$holds].flatten

  # One for each, so that a watched resource that fails cannot hide the change of another.
  [$watches].flatten.each |$watched| {
    exec { "stackaudit gate ${title}: restart due after ${watched}":
      command     => ['/usr/bin/touch', $mark],
      refreshonly => true,
      subscribe   => $watched,
      require     => Class['stackaudit'],
      before      => Exec["stackaudit gate ${title}"],
    }
  }

  exec { "stackaudit gate ${title}":
    command   => $audit,
    unless    => [$audit],
    timeout   => $timeout,
    logoutput => true,
    require   => Class['stackaudit'],
  }

  exec { "stackaudit gate ${title}: open":
    command => ['/usr/bin/true'],
    onlyif  => $due,
    require => Exec["stackaudit gate ${title}"],
    notify  => $held,
  }

  exec { "stackaudit gate ${title}: done":
    command => ['/usr/bin/rm', '-f', $mark],
    onlyif  => $due,
    require => $held,
  }
}
