// The same work on many things, several at a time.
#pragma once

#include <cstddef>
#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

namespace stackaudit::stack {

// Calls work(i) for each i of [first, last), in no order. `grain`: how many are worth a thread. Of
// fewer than two such shares none is started: to wake threads takes longer than, say, a directory
// of twenty names, and meanwhile they keep processors from others.
template <class Work>
void in_parallel(std::size_t first, std::size_t last, std::size_t grain, const Work& work) {
  const auto share = [&](std::size_t begin, std::size_t end) {
    for (auto i = begin; i < end; ++i) work(i);
  };
  if (last - first < 2 * grain) return share(first, last);
  tbb::parallel_for(tbb::blocked_range<std::size_t>(first, last, grain),
                    [&](const auto& range) { share(range.begin(), range.end()); });
}

}  // namespace stackaudit::stack
