// The level that has any fastcgi_param decides: lists are not joined.
#include "stack/pools/fastcgi_parameters.hpp"

#include <algorithm>

namespace stackaudit::stack {

const facts::Directive* server_of(const Survey& survey, const Blocks& nginx,
                                  const DocumentRoot& root) {
  const auto& sites = survey.facts.rows<facts::Site>();
  const auto site = std::ranges::find(sites, root.site, &facts::Site::id);
  return site == sites.end() || root.service != "nginx" ? nullptr : nginx.block_of(*site, "server");
}

const facts::Directive* pass_in(const Blocks& nginx, const facts::Directive& block, int depth) {
  constexpr int kMaxNesting = 8;
  for (const auto* row : nginx.children(block.id)) {
    if (row->name == "fastcgi_pass") return row;
    if (row->name != "location" || depth > kMaxNesting) continue;
    if (const auto* found = pass_in(nginx, *row, depth + 1)) return found;
  }
  return nullptr;
}

std::vector<const facts::Directive*> parameters_of(const Blocks& nginx,
                                                   const facts::Directive& pass) {
  std::vector<const facts::Directive*> result;
  const auto* first = nginx.inherited(pass, "fastcgi_param");
  if (first == nullptr || !first->parent) return result;
  for (const auto* row : nginx.children(*first->parent))
    if (row->name == "fastcgi_param") result.push_back(row);
  return result;
}

}  // namespace stackaudit::stack
