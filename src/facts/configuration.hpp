// What the configuration files say, and what their readers would refuse.
#pragma once

#include "facts/table.hpp"

namespace stackaudit::facts {

struct Directive : Place {
  std::int64_t id = 0;  // position in the order in which the service reads; from 1 in each service
  std::optional<std::int32_t> parent;  // id of the enclosing block of the same service
  std::string service;
  std::string context;
  std::string name;
  std::string args;
};
template <>
struct Table<Directive> {
  static constexpr std::string_view name = "directive",
                                    doc =
                                        "A directive in effect, includes and conditions resolved.";
  static constexpr auto columns = with_place(std::array{
      Column{"id", &Directive::id, "Order of reading within its service."},
      Column{"parent", &Directive::parent, "id of the enclosing block; NULL at the top.",
             Index::lookup},
      Column{"service", &Directive::service, "nginx, apache, php-fpm, php.", Index::lookup},
      Column{"context", &Directive::context,
             "Enclosing blocks, outermost first: http/server/location."},
      Column{"name", &Directive::name, "Name; in lower case for apache.", Index::lookup},
      Column{"args", &Directive::args, "Arguments without quotes, joined by one blank."}});
};

struct Site : Place {   // place: the server block's or VirtualHost's opening line
  std::int64_t id = 0;  // unique over all services
  std::string service;
  std::string names;
  std::string document_root;
  std::string php;
  bool wordpress = false;
};
template <>
struct Table<Site> {
  static constexpr std::string_view name = "site", doc = "A virtual host.";
  static constexpr auto columns = with_place(std::array{
      Column{"id", &Site::id, "Number of the site.", Index::lookup},
      Column{"service", &Site::service, "nginx or apache.", Index::lookup},
      Column{"names", &Site::names, "Server names, separated by blanks."},
      Column{"document_root", &Site::document_root,
             "Directory that is served; empty where there is none."},
      Column{"php", &Site::php, "mod_php, unix:/socket, tcp:address:port; empty without PHP."},
      Column{"wordpress", &Site::wordpress, "The document root holds WordPress."}});
};

struct SyntaxProblem : Place {
  std::string service;
  std::string language;
  std::string code;
  std::string severity;
  std::string message;
  std::string help;
  std::string replacement;
  std::optional<std::int64_t> related_line;
  std::string related_message;
  std::string related_path;
};
template <>
struct Table<SyntaxProblem> {
  static constexpr std::string_view name = "syntax_problem",
                                    doc = "What a parser or a server would refuse or ignore.";
  static constexpr auto columns = with_place(std::array{
      Column{"service", &SyntaxProblem::service,
             "Who reads the file: nginx, apache, php-fpm, php, systemd.", Index::lookup},
      Column{"language", &SyntaxProblem::language, "nginx, apache, php, ini, shell, yaml."},
      Column{"code", &SyntaxProblem::code,
             "Kind of problem: parse, unknown-directive, wrong-context, wrong-arguments, "
             "bad-value, ...",
             Index::lookup},
      Column{"severity", &SyntaxProblem::severity,
             "error: refused; warning: accepted with a warning or in doubt.", Index::lookup},
      Column{"message", &SyntaxProblem::message, "In the server's own words where it has them."},
      Column{"help", &SyntaxProblem::help, "What to do; may be empty."},
      Column{"replacement", &SyntaxProblem::replacement,
             "What to write in place of the span; may be empty."},
      Column{"related_line", &SyntaxProblem::related_line,
             "The line of another place that explains it."},
      Column{"related_message", &SyntaxProblem::related_message, "What is there."},
      Column{"related_path", &SyntaxProblem::related_path,
             "The file of that place; empty where there is none."}});
};

struct BlindSpot : Place {
  std::string table_name;
  std::string subject;
  std::string reason;
  bool needed = false;
};
template <>
struct Table<BlindSpot> {
  static constexpr std::string_view name = "blind_spot",
                                    doc = "What could not be read or evaluated.";
  static constexpr auto columns = with_place(std::array{
      Column{"table_name", &BlindSpot::table_name, "Table that may lack rows because of it.",
             Index::lookup},
      Column{"subject", &BlindSpot::subject,
             "What is unknown: a file, an expression, a directive."},
      Column{"reason", &BlindSpot::reason, "Why."},
      Column{"needed", &BlindSpot::needed, "The audit is incomplete without it: exit status 2."}});
};

}  // namespace stackaudit::facts
