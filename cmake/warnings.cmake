# The warnings of every target of the project; errors unless STACKAUDIT_WERROR is off. When g++ 12
# optimises, it takes std::string's own copies for overlaps and overruns (its bug 105651 and kin), so
# those warnings are off; the sanitizers watch instead.
add_library(stackaudit_warnings INTERFACE)
target_compile_options(stackaudit_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
  -Woverloaded-virtual -Wimplicit-fallthrough
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict$<SEMICOLON>-Wno-array-bounds$<SEMICOLON>-Wno-stringop-overflow$<SEMICOLON>-Wno-stringop-overread>
  $<$<BOOL:${STACKAUDIT_WERROR}>:-Werror>)
