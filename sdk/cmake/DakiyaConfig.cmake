# find_package(Dakiya 1): the target Dakiya::sdk and the functions of DakiyaProvider.cmake.
# Needs RapidJSON's headers (Debian: rapidjson-dev); tests also need OpenSSL.
include(${CMAKE_CURRENT_LIST_DIR}/DakiyaTargets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/DakiyaProvider.cmake)
