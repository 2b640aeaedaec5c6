// What the parts of conditions have in common.
#pragma once

#include "stack/php/evaluate.hpp"

#include <string_view>

namespace stackaudit::stack::php {

// Whether code asks for the environment: a helper around getenv(), $_ENV['X'], $_SERVER['APP_ENV'].
[[nodiscard]] bool asks_environment(std::string_view text);
// The second half of it: "$_ENV['X']", "isset($_SERVER['APP_DEBUG'])".
[[nodiscard]] bool names_environment(std::string_view text);
// Of a variable of $_SERVER: whether the request decides it, or PHP itself.
[[nodiscard]] bool names_request(std::string_view name);
// Whether an expression asks which system or which PHP it runs on: PHP_OS, php_uname.
[[nodiscard]] bool names_system(std::string_view text);

// Likewise a condition: that code puts paths together with a separator is no question.
[[nodiscard]] bool asks_system(std::string_view text);

// Of isset() and empty(): whether it asks for what each request has, or each command.
[[nodiscard]] bool asks_for_requests(std::string_view text);
// Whether code names what the visitor fills in: $_GET, $_POST, $_REQUEST.
[[nodiscard]] bool names_visitor(std::string_view text);
// Whether code names the host that was asked for: $_SERVER['HTTP_HOST'].
[[nodiscard]] bool names_host_variable(std::string_view text);
// Whether it asks for the host's name or address, or for the words of a command line.
[[nodiscard]] bool names_host(std::string_view text);

// Whether code asks if a file is there.
[[nodiscard]] bool asks_for_file(std::string_view text);

// As PHP takes a text for a condition.
[[nodiscard]] Truth truth_of(std::string_view text);
[[nodiscard]] Truth negated(Truth truth);

// A function of PHP's on texts that depends on nothing else, in lower case. comparisons.cpp
[[nodiscard]] bool is_plain_function(std::string_view name);

}  // namespace stackaudit::stack::php
