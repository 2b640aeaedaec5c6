// Dockerfiles: what an image is made of, and as whom it runs.
#pragma once

#include "stack/entries/entries.hpp"

#include <string>
#include <vector>

namespace stackaudit::stack {

// Which files and directories of the tree the last stage of a container file takes, or the services
// of a Compose file mount.
struct Image {
  std::string container_file;
  std::vector<std::string> sources;   // absolute
  std::vector<std::string> builds{};  // container files that services are made from, as they exist
};

// The entry is the file. Fills reference (copy-source), syntax_problem (parse; container-root,
// container-entrypoint, container-port, container-health, container-leaves) and file. Nothing is
// built: what a base image brings is not known, and what depends on it is left alone.
[[nodiscard]] Image read_container(Survey& survey, const Entry& entry);

// Says of each listener without a unit which image it is in, where several are made: the one that
// takes its server's main file most closely, else the one whose file is nearest above it; a server
// that no image is known to take is alone.
void tell_images_apart(Survey& survey, const std::vector<Image>& images);

// What PHP files miss that an image takes away from where they lie may be in the image: it is shown
// as unseen. So is what they look for outside of the targets, where an image is made of these.
void leave_to_images(Survey& survey, const std::vector<Image>& images, const Targets& targets);

}  // namespace stackaudit::stack
