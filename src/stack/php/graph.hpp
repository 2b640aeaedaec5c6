// Who loads whom: from the entry points of each application along its includes.
#pragma once

#include "stack/php/resolve.hpp"

#include <map>
#include <string>
#include <vector>

namespace stackaudit::stack::php {

// An include with what it leads to.
struct Link {
  Include include;
  std::vector<Target> targets;
  bool undefined = false;  // its name has a constant that nobody defines: it never loads anything
};

// Sets Link::undefined. undefined_operands.cpp
void mark_undefined(const Corpus& corpus, const Definitions& definitions, std::vector<Link>& links);

// Links by the file that has the include.
using LinksOf = UnitMap<std::vector<const Link*>>;
[[nodiscard]] LinksOf links_of_units(const std::vector<Link>& links);

// Whether the include may bring code that was not seen: of phar:// and other streams, too.
// closed.cpp
[[nodiscard]] bool is_open(const Link& link);

// The whole names of the classes that a file uses, by its path.
using ClassNames = std::map<std::string, std::vector<std::string>>;
// The files of the application's own classes that Composer's autoloader finds for the code of the
// corpus; what is known of files is kept from round to round. composer_links.cpp
[[nodiscard]] std::vector<Link> composer_links(const Corpus& corpus, ClassNames& known);

// A file that code loads and that is not in the corpus yet.
struct NewFile {
  std::string path;
  std::size_t application = 0;  // that of whoever loads it
};

// Marks what the entry points reach, and from which directories they start. Links to files that
// are not in the corpus are returned, for another round.
[[nodiscard]] std::vector<NewFile> reach(Corpus& corpus, const Definitions& definitions,
                                         const std::vector<Link>& links);

}  // namespace stackaudit::stack::php
