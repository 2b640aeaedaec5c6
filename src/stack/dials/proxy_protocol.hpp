// The PROXY header that a server waits for, against who connects without one.
#pragma once

#include "stack/survey.hpp"

namespace stackaudit::stack {

// Adds problems of code "proxy-protocol" at what demands the header (RemoteIPProxyProtocol of
// Apache, the parameter proxy_protocol of nginx's listen) where a proxy for HTTP or a monitor of
// this machine connects: they send none, and every one of their requests fails. Dials must be
// decided.
void check_proxy_protocol(Survey& survey);

}  // namespace stackaudit::stack
