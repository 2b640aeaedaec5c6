// The name that a request carries where an agent is told to send another than the URL's: the header
// Host decides which virtual host answers, the URL only where the connection goes.
#pragma once

#include <string>
#include <string_view>

namespace stackaudit::stack {

// The value of the first Host header that `text` sets, in lower case; empty where it sets none.
// `text` is of one check: "-H 'Host: x'" (curl), "[Host: x]" and hostheader "x" (Monit),
// Host = "x" (Telegraf).
[[nodiscard]] std::string host_header(std::string_view text);

// The part of `content` that belongs to the check of which a line begins at `at`: of Telegraf up to
// the next plugin, of Monit up to the next statement, of others the line.
[[nodiscard]] std::string text_of_check(std::string_view agent, std::string_view content,
                                        std::size_t at);

}  // namespace stackaudit::stack
