// Servers of several images: each has ports of its own.
#include "stack/container/container.hpp"
#include "tree/resolve.hpp"

#include <algorithm>

namespace stackaudit::stack {
namespace {

// How much of the path the image's closest source has; 0: it does not take the file.
std::size_t closeness(const Image& image, const std::string& path) {
  std::size_t most = 0;
  for (const auto& source : image.sources)
    if (tree::is_within(path, source)) most = std::max(most, source.size());
  return most;
}

// The same of the container file's own directory.
std::size_t nearness(const Image& image, const std::string& path) {
  const auto directory = tree::dirname(image.container_file);
  return tree::is_within(path, directory) ? directory.size() : 0;
}

template <class Measure>
const Image* best(const std::vector<Image>& images, const std::string& path, Measure measure) {
  const Image* found = nullptr;
  std::size_t most = 0;
  for (const auto& image : images)
    if (const auto much = measure(image, path); much > most) {
      found = &image;
      most = much;
    }
  return found;
}

std::string image_of(const std::vector<Image>& images, const std::string& config) {
  const auto* image = best(images, config, closeness);
  if (image == nullptr) image = best(images, config, nearness);
  return image == nullptr ? config : image->container_file;
}

// Whether an image takes the file and not what it looks for. One that has the name of a file which
// an image takes is the original that others are made of.
bool is_taken_away(const std::vector<Image>& images, const std::string& path,
                   const std::string& wanted) {
  bool taken = false;
  for (const auto& image : images)
    for (const auto& source : image.sources) {
      const bool takes = tree::is_within(path, source);
      if (takes && tree::is_within(wanted, source)) return false;
      taken = taken || takes || tree::basename(source) == tree::basename(path);
    }
  return taken;
}

}  // namespace

void tell_images_apart(Survey& survey, const std::vector<Image>& images) {
  if (images.size() < 2) return;
  for (auto& row : survey.facts.rows<facts::Listener>())
    if (row.unit.empty() && !row.config.empty()) row.image = image_of(images, row.config);
}

void leave_to_images(Survey& survey, const std::vector<Image>& images, const Targets& targets) {
  if (images.empty()) return;
  const auto is_outside = [&](const std::string& path) {
    return std::ranges::none_of(
        targets.paths, [&](const std::string& target) { return tree::is_within(path, target); });
  };
  for (auto& row : survey.facts.rows<facts::Reference>())
    if (row.service == "php" && row.state == "missing" && row.resolved.starts_with('/') &&
        (is_outside(row.resolved) || is_taken_away(images, row.path, row.resolved)))
      row.state = "unseen";
}

}  // namespace stackaudit::stack
