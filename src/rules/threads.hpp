// The same work in several threads.
#pragma once

#include <cstddef>
#include <future>
#include <vector>

namespace stackaudit::rules {

// Calls work(i) for each of the first `count` numbers, each in a thread of its own, the first in
// this one. What one of them throws is thrown here.
template <class Work>
void beside_each_other(std::size_t count, const Work& work) {
  std::vector<std::future<void>> others;
  for (std::size_t i = 1; i < count; ++i) others.push_back(std::async(std::launch::async, work, i));
  work(0);
  for (auto& other : others) other.get();
}

}  // namespace stackaudit::rules
