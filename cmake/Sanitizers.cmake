# -DDAKIYA_SANITIZE=address,undefined or thread: every target, so that nothing is half instrumented.
set(DAKIYA_SANITIZE "" CACHE STRING "Sanitizers to build everything with")
if(DAKIYA_SANITIZE)
  add_compile_options(-fsanitize=${DAKIYA_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${DAKIYA_SANITIZE})
endif()
