# One target that carries the warnings and, where asked for, the sanitizers of all our own code.
add_library(civitai_flags INTERFACE)
target_compile_options(civitai_flags INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-qual -Wformat=2 -Wimplicit-fallthrough -Wundef>)
if(CIVITAI_WERROR)
  target_compile_options(civitai_flags INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Werror>)
endif()
if(CIVITAI_SANITIZE)
  target_compile_options(civitai_flags INTERFACE -fsanitize=${CIVITAI_SANITIZE} -fno-omit-frame-pointer
                                                 -fno-sanitize-recover=all)
  target_link_options(civitai_flags INTERFACE -fsanitize=${CIVITAI_SANITIZE})
endif()
