#include "store/mysql_arrays.hpp"

#include <utility>
#include <variant>

namespace dakiya::store {

bool server_takes_arrays(MYSQL* connection) {
    unsigned long extended = 0;  // the upper half of the capabilities
    return mariadb_get_infov(connection, MARIADB_CONNECTION_EXTENDED_SERVER_CAPABILITIES, &extended) == 0 &&
           (extended & (MARIADB_CLIENT_STMT_BULK_OPERATIONS >> 32U)) != 0;
}

void MysqlArrays::Column::clear() {
    type = MYSQL_TYPE_NULL;
    words.clear();
    sizes.clear();
    indicators.clear();
}

bool MysqlArrays::Column::add(const Value& value) {
    struct Read {
        enum_field_types type = MYSQL_TYPE_NULL;
        Word word{};
        std::size_t size = 0;
        void operator()(std::nullptr_t) {}
        void operator()(const std::int64_t& number) { type = MYSQL_TYPE_LONGLONG, word.integer = number; }
        void operator()(const double& number) { type = MYSQL_TYPE_DOUBLE, word.real = number; }
        void operator()(const std::string& text) { set(MYSQL_TYPE_STRING, text); }
        void operator()(const Blob& blob) { set(MYSQL_TYPE_BLOB, blob.bytes); }
        void set(enum_field_types as, const std::string& bytes) {
            type = as, word.text = bytes.data(), size = bytes.size();
        }
    } read;
    std::visit(read, value);
    const bool null = read.type == MYSQL_TYPE_NULL;
    if (type == MYSQL_TYPE_NULL) type = read.type;
    if (!null && type != read.type) return false;
    words.push_back(read.word);
    sizes.push_back(read.size);
    indicators.push_back(static_cast<char>(null ? STMT_INDICATOR_NULL : STMT_INDICATOR_NONE));
    return true;
}

MYSQL_BIND MysqlArrays::Column::bind(std::size_t first_row) {
    MYSQL_BIND bind{};
    bind.buffer_type = type == MYSQL_TYPE_NULL ? MYSQL_TYPE_STRING : type;  // of nulls only
    bind.buffer = words.data() + first_row;
    bind.length = sizes.data() + first_row;
    bind.u.indicator = indicators.data() + first_row;
    return bind;
}

bool MysqlArrays::fill(std::span<const Value> values, std::size_t columns) {
    columns_.resize(columns);
    for (Column& column : columns_) column.clear();
    for (std::size_t i = 0; i < values.size(); ++i)
        if (!columns_[i % columns].add(values[i])) return false;
    return true;
}

bool MysqlArrays::execute(MYSQL_STMT* statement, std::size_t first_row, std::size_t rows) {
    binds_.clear();
    for (Column& column : columns_) binds_.push_back(column.bind(first_row));
    auto size = static_cast<unsigned int>(rows);
    mysql_stmt_attr_set(statement, STMT_ATTR_ARRAY_SIZE, &size);
    const bool done =
        mysql_stmt_bind_param(statement, binds_.data()) == 0 && mysql_stmt_execute(statement) == 0;
    size = 0;  // the statement may serve a single row next
    mysql_stmt_attr_set(statement, STMT_ATTR_ARRAY_SIZE, &size);
    return done;
}

}  // namespace dakiya::store
