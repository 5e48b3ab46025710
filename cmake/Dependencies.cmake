# Every outside library, found once. Debian package names are in ./dev.
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)

# Poco's DataMySQL target links MySQL::client, for which Debian ships no finder.
if(NOT TARGET MySQL::client)
  find_path(MARIADB_INCLUDE_DIR mysql.h PATH_SUFFIXES mariadb REQUIRED)
  find_library(MARIADB_LIBRARY mariadb REQUIRED)
  add_library(MySQL::client UNKNOWN IMPORTED)
  set_target_properties(MySQL::client PROPERTIES
    IMPORTED_LOCATION ${MARIADB_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${MARIADB_INCLUDE_DIR})
endif()
find_package(Poco REQUIRED COMPONENTS Foundation Net Util Data DataSQLite DataMySQL)

# Boost is used header-only: Asio and Beast in net, DLL in plugin.
find_package(Boost 1.74 REQUIRED)

find_library(JEMALLOC_LIBRARY jemalloc REQUIRED)

find_path(PHONENUMBERS_INCLUDE_DIR phonenumbers/phonenumberutil.h REQUIRED)
find_library(PHONENUMBERS_LIBRARY phonenumber REQUIRED)
add_library(phonenumbers INTERFACE)
target_include_directories(phonenumbers SYSTEM INTERFACE ${PHONENUMBERS_INCLUDE_DIR})
target_link_libraries(phonenumbers INTERFACE ${PHONENUMBERS_LIBRARY})
