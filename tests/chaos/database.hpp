// The MariaDB that a run has for itself: started in a folder of its own, killed and started again when a
// trial asks for it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "store/db.hpp"

namespace chaos {

class MariaDb {
public:
    explicit MariaDb(std::filesystem::path folder);
    ~MariaDb();
    MariaDb(const MariaDb&) = delete;
    MariaDb& operator=(const MariaDb&) = delete;

    // As root, for the tool itself: past every proxy. name empty: no database.
    dakiya::store::DbConfig config(const std::string& name) const;
    // The account of the servers: it may do everything in the databases of the trials, but not write while
    // the database is read-only.
    static constexpr const char* account = "dakiya";

    void create(const std::string& name);
    void drop(const std::string& name);
    void read_only(bool on);
    void kill();     // kill -9
    void restart();  // after a kill; returns when it answers

private:
    void script(const std::string& command);
    void sql(const std::string& statement) const;

    std::filesystem::path folder_;
    dakiya::store::DbConfig config_;
};

}  // namespace chaos
