# The warnings of every target of the project; errors unless STACKAUDIT_WERROR is off.
add_library(stackaudit_warnings INTERFACE)
target_compile_options(stackaudit_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
  -Woverloaded-virtual -Wimplicit-fallthrough
  $<$<BOOL:${STACKAUDIT_WERROR}>:-Werror>)
