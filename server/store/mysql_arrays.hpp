// The rows of an INSERT as arrays, one a column. MariaDB takes them with a statement of one row, which costs
// it a sixth less than a statement with placeholders for all of them, and is prepared once for any number of
// rows. https://mariadb.com/docs/connectors/mariadb-connector-c/ : bulk insert, column-wise binding. MySQL
// does not take them. Private to this room.
#pragma once

#include <mysql.h>

#include <cstdint>
#include <span>
#include <vector>

#include "store/db.hpp"

namespace dakiya::store {

bool server_takes_arrays(MYSQL* connection);

class MysqlArrays {
public:
    // Row by row. False when a column has values of more than one type (null is of every type): such rows
    // have no arrays. The values are borrowed until they were executed.
    bool fill(std::span<const Value> values, std::size_t columns);

    // The statement has placeholders for one row. False as mysql_stmt_execute says it.
    bool execute(MYSQL_STMT* statement, std::size_t first_row, std::size_t rows);

private:
    struct Column {
        union Word {
            std::int64_t integer;
            double real;
            const char* text;
        };
        enum_field_types type = MYSQL_TYPE_NULL;
        std::vector<Word> words;
        std::vector<unsigned long> sizes;  // of texts
        std::vector<char> indicators;      // which are null

        void clear();
        bool add(const Value& value);
        MYSQL_BIND bind(std::size_t first_row);
    };
    std::vector<Column> columns_;
    std::vector<MYSQL_BIND> binds_;
};

}  // namespace dakiya::store
