// The last column is not padded: lines end where their text ends.
#include "report/answer.hpp"

#include "text/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>

namespace stackaudit::report {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const facts::Value& value) {
  return std::visit(
      [](const auto& held) -> Json {
        using Held = std::remove_cvref_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, std::monostate>)
          return nullptr;
        else if constexpr (std::is_same_v<Held, std::string>)
          return text::valid_utf8(held);
        else
          return held;
      },
      value);
}

}  // namespace

std::string columns_as_text(const std::vector<std::string>& names,
                            const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::vector<std::string>> cells;
  std::vector<std::size_t> widths(names.size(), 0);
  const auto add = [&](const std::vector<std::string>& row) {
    auto& line = cells.emplace_back();
    for (std::size_t i = 0; i < names.size(); ++i) {
      line.push_back(i < row.size() ? text::printable(row[i]) : std::string{});
      widths[i] = std::max(widths[i], text::count_code_points(line.back()));
    }
  };
  add(names);
  for (const auto& row : rows) add(row);
  std::string out;
  for (const auto& row : cells) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      line.append(widths[i] + 2 - text::count_code_points(row[i]), ' ');
    }
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

std::string answer_as_text(const facts::Answer& answer) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& row : answer.rows) {
    auto& cells = rows.emplace_back();
    for (const auto& value : row) cells.push_back(facts::to_text(value));
  }
  return columns_as_text(answer.columns, rows);
}

std::string answer_as_json(const facts::Answer& answer) {
  Json out{{"columns", Json::array()}, {"rows", Json::array()}};
  for (const auto& name : answer.columns) out["columns"].push_back(text::valid_utf8(name));
  for (const auto& row : answer.rows) {
    auto cells = Json::array();
    for (const auto& value : row) cells.push_back(json_of(value));
    out["rows"].push_back(std::move(cells));
  }
  return out.dump(2, ' ', true, Json::error_handler_t::replace) + "\n";
}

}  // namespace stackaudit::report
