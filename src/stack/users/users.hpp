// As whom a request of Apache runs where it is not the worker: suEXEC, mpm-itk, mod_ruid2, CGI.
#pragma once

#include "stack/survey.hpp"

namespace stackaudit::stack {

// CGI programs of Apache's ScriptAlias: may they be executed, is their interpreter there. cgi.cpp
void find_cgi(Survey& survey);

// Workers that AssignUserID (mpm-itk), RUidGid (mod_ruid2) and SuexecUserGroup name; what a request
// opens is judged again in the name of its virtual host's user. assigned_users.cpp
void find_assigned_users(Survey& survey);

// The scripts of a ScriptAlias beside SuexecUserGroup that suEXEC would refuse: problems of code
// "suexec". suexec.cpp
void check_suexec(Survey& survey);

}  // namespace stackaudit::stack
