# One target that carries the warnings and, where asked for, the sanitizers of all our own code.
add_library(civitai_flags INTERFACE)
target_compile_options(civitai_flags INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-qual -Wformat=2 -Wimplicit-fallthrough -Wundef>)
if(CIVITAI_WERROR)
  target_compile_options(civitai_flags INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Werror>)
endif()
if(CIVITAI_TOGETHER)
  # Said of one file alone they are right: a name may repeat that of a helper in another file, and the types of a source
  # file are not those of a header.
  target_compile_options(civitai_flags INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-Wno-shadow> $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-subobject-linkage>)
endif()

# Several files of a target in one translation unit: a build from nothing takes half the time, and so do the lints.
function(civitai_compile_together target)
  get_target_property(type ${target} TYPE)
  if(CIVITAI_TOGETHER AND NOT type STREQUAL "INTERFACE_LIBRARY")
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON)
  endif()
endfunction()

if(CIVITAI_SANITIZE)
  target_compile_options(civitai_flags INTERFACE -fsanitize=${CIVITAI_SANITIZE} -fno-omit-frame-pointer
                                                 -fno-sanitize-recover=all)
  target_link_options(civitai_flags INTERFACE -fsanitize=${CIVITAI_SANITIZE})
endif()
