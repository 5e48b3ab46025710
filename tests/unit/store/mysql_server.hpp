// The MariaDB that tests/mariadb.sh started, as DAKIYA_TEST_MYSQL says.
#pragma once

#include <cstdlib>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>

#include "store/db.hpp"

namespace dakiya::store {

// "host=127.0.0.1;port=3306;user=root;database=prefix[;password=..][;socket=..]"
inline DbConfig mysql_server(const std::string& text) {
    std::map<std::string, std::string> fields;
    for (std::string rest = text; !rest.empty();) {
        const std::string field = rest.substr(0, rest.find(';'));
        rest.erase(0, field.size() + 1);
        fields[field.substr(0, field.find('='))] = field.substr(field.find('=') + 1);
    }
    DbConfig config;
    config.dialect = Dialect::mysql;
    config.host = fields["host"];
    config.port = std::stoi(fields.at("port"));
    config.user = fields["user"];
    config.password = fields["password"];
    config.database = fields["database"];
    config.socket = fields["socket"];
    return config;
}

// Nothing when there is none, unless one is required.
inline std::optional<DbConfig> mysql_server() {
    if (const char* text = std::getenv("DAKIYA_TEST_MYSQL")) return mysql_server(text);
    if (std::getenv("DAKIYA_TEST_MYSQL_REQUIRED") != nullptr)
        throw std::runtime_error("DAKIYA_TEST_MYSQL is not set: see tests/mariadb.sh");
    return std::nullopt;
}

}  // namespace dakiya::store
