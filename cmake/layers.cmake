# layer(NAME [USES LAYER...] [LINKS TARGET...])
# One folder of src/ as a static library. A layer sees, through symlinks in the build folder, only
# itself and the layers it names, so that an include in the wrong direction does not compile.
function(layer name)
  cmake_parse_arguments(LAYER "" "" "USES;LINKS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cpp)
  add_library(stackaudit_${name} STATIC ${sources})
  set(view ${CMAKE_BINARY_DIR}/layers/${name})
  file(MAKE_DIRECTORY ${view})
  file(CREATE_LINK ${CMAKE_SOURCE_DIR}/src/${name} ${view}/${name} SYMBOLIC)
  target_include_directories(stackaudit_${name} PUBLIC ${view})
  target_link_libraries(stackaudit_${name} PUBLIC ${LAYER_LINKS} Threads::Threads
                                           PRIVATE stackaudit_warnings)
  foreach(lower ${LAYER_USES})
    target_link_libraries(stackaudit_${name} PUBLIC stackaudit_${lower})
  endforeach()
endfunction()
