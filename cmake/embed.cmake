# embed(TARGET OUTPUT.cpp LAYER FOLDER)
# Compiles every file below FOLDER into TARGET as stackaudit::LAYER::embedded_files(), a span of
# {name relative to FOLDER, content}, sorted by name. The declaration stands in
# src/LAYER/embedded.hpp. Run with -P it is the generator itself.
if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  file(GLOB_RECURSE files LIST_DIRECTORIES false RELATIVE ${FOLDER} ${FOLDER}/*)
  list(SORT files)
  set(code "#include \"${LAYER}/embedded.hpp\"\n\n#include <array>\n\nnamespace stackaudit::${LAYER} {\nnamespace {\n")
  set(table "")
  set(count 0)
  foreach(name ${files})
    file(READ ${FOLDER}/${name} text)
    string(LENGTH "${text}" length)
    set(literal "")
    set(at 0)
    while(at LESS length)  # compilers bound one literal; neighbours are joined
      string(SUBSTRING "${text}" ${at} 12000 part)
      string(APPEND literal "\n    R\"~~embed~~(${part})~~embed~~\"")
      math(EXPR at "${at} + 12000")
    endwhile()
    if(literal STREQUAL "")
      set(literal " \"\"")
    endif()
    string(APPEND code "constexpr std::string_view kFile${count} =${literal};\n")
    string(APPEND table "    {\"${name}\", kFile${count}},\n")
    math(EXPR count "${count} + 1")
  endforeach()
  string(APPEND code "constexpr std::array<EmbeddedFile, ${count}> kFiles{{\n${table}}};\n}  // namespace\n\n"
         "std::span<const EmbeddedFile> embedded_files() { return kFiles; }\n\n}  // namespace stackaudit::${LAYER}\n")
  file(WRITE ${OUTPUT} "${code}")
  return()
endif()

set(STACKAUDIT_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
function(embed target output layer folder)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${folder}/*)
  string(MD5 names "${files}")  # in the command, so that a removed file changes it
  set(generated ${CMAKE_BINARY_DIR}/${output})
  add_custom_command(OUTPUT ${generated}
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${folder} -DLAYER=${layer} -DOUTPUT=${generated} -DNAMES=${names} -P ${STACKAUDIT_EMBED_SCRIPT}
    DEPENDS ${files} ${STACKAUDIT_EMBED_SCRIPT} VERBATIM)
  target_sources(${target} PRIVATE ${generated})
endfunction()
