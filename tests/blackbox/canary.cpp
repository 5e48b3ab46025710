#include "canary.hpp"

#include <fstream>

namespace blackbox {

namespace {

std::string file_text(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

void require_none_in(const std::string& where, const std::string& text,
                     const std::vector<std::string>& canaries) {
    for (const std::string& canary : canaries)
        if (const auto at = text.find(canary); at != std::string::npos)
            FAIL(where << " holds " << canary << ": …" << text.substr(at < 200 ? 0 : at - 200, 400));
}

std::string all_texts(dakiya::store::Session& session) {
    const auto tables = session.query(session.dialect() == Dialect::mysql
                                          ? "SELECT CAST(table_name AS CHAR(64)) FROM "
                                            "information_schema.tables WHERE table_schema = DATABASE()"
                                          : "SELECT name FROM sqlite_master WHERE type = 'table'");
    std::string texts;
    for (const auto& table : tables)
        for (const auto& row : session.query("SELECT * FROM " + table.text(0)))
            for (std::size_t i = 0; i < row.size(); ++i) {
                try {
                    texts += row.text(i) + '\n';
                } catch (const std::bad_variant_access&) {  // a number
                }
            }
    return texts;
}

void require_left_nowhere(World& world, const std::vector<std::string>& canaries) {
    require_none_in("the log", world.log(), canaries);
    require_none_in("the database", all_texts(world.database().session()), canaries);
    if (world.database().config().dialect == Dialect::sqlite)
        for (const char* suffix : {"", "-wal"})
            require_none_in("the database file", file_text(world.database().config().path + suffix),
                            canaries);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(world.server().data()))
        if (entry.is_regular_file())
            require_none_in(entry.path().string(), file_text(entry.path()), canaries);
}

}  // namespace blackbox
