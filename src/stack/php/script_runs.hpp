// PHP scripts that no request runs: crontabs, units and supervisord hand them to PHP's command line
// program.
#pragma once

#include "stack/survey.hpp"

#include <string>
#include <vector>

namespace stackaudit::stack::php {

struct ScriptRun {
  std::string script;     // absolute, as it is named
  std::string canonical;  // of the file; empty: it is not there
  std::string program;    // "php", "php8.1"
  std::string directory;  // where it is started; empty: not known
  std::string user;
  std::string by;  // "cron", "systemd", "supervisord"
  std::string effect;
  facts::Place place;               // of the words that name it
  bool asked = false;               // the line tests for a file first
  bool searches_elsewhere = false;  // the line sets the include_path
  std::string interpreter{};        // behind #!, where the script itself is the command
};

// Each script and place once, in the order of the sources.
[[nodiscard]] std::vector<ScriptRun> script_runs(Survey& survey);

// A row of kind "script" for each whose file is not there, and one of kind "interpreter" for each
// that is started by its own name and wants a program that is not there.
void add_missing_scripts(Survey& survey, const std::vector<ScriptRun>& runs);

}  // namespace stackaudit::stack::php
