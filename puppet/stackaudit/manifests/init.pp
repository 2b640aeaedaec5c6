# @summary The program, its policy, and the directory where gates remember what they hold back.
#
# @example The binary is already on the machine
#   include stackaudit
#
# @example Puppet brings the binary and the site's policy
#   class { 'stackaudit':
#     source => 'puppet:///modules/profile/stackaudit',
#     policy => file('profile/stackaudit-policy.toml'),
#   }
#
# @param binary
#   Where the program is. There is no package: one file is all of it.
# @param source
#   Where Puppet takes the binary from; left out, it must be there already.
# @param policy
#   Content of /etc/stackaudit/policy.toml, which the program reads by itself; left out, that file
#   is not managed.
# @param state
#   Directory for the marks of restarts that are due. It must outlive a reboot.
class stackaudit (
  Pattern[/\A\//]           $binary = '/usr/local/bin/stackaudit',
  Optional[String[1]]       $source = undef,
  Optional[String]          $policy = undef,
  Pattern[/\A\//]           $state  = '/var/lib/stackaudit',
) {
  file { $state:
    ensure => directory,
    owner  => 'root',
    group  => 'root',
    mode   => '0755',
  }

  if $source {
    file { $binary:
      ensure => file,
      owner  => 'root',
      group  => 'root',
      mode   => '0755',
      source => $source,
    }
  }

  if $policy {
    file { '/etc/stackaudit':
      ensure => directory,
      owner  => 'root',
      group  => 'root',
      mode   => '0755',
    }
    file { '/etc/stackaudit/policy.toml':
      ensure  => file,
      owner   => 'root',
      group   => 'root',
      mode    => '0644',
      content => $policy,
    }
  }
}
