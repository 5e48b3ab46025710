// The prepared statements of one session by their SQL text; the one unused for longest goes first.
#pragma once

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace dakiya::store {

template <class Statement>
class StatementCache {
public:
    static constexpr std::size_t capacity = 256;

    // The statement of this text; `prepare` makes it when it is not there. Valid until the next call.
    template <class Prepare>
    Statement& get(std::string_view sql, Prepare&& prepare) {
        if (const auto found = by_sql_.find(sql); found != by_sql_.end()) {
            entries_.splice(entries_.begin(), entries_, found->second);
            return entries_.front().statement;
        }
        if (entries_.size() == capacity) {
            by_sql_.erase(entries_.back().sql);
            entries_.pop_back();
        }
        entries_.push_front({std::string(sql), prepare(sql)});
        by_sql_.emplace(entries_.front().sql, entries_.begin());
        return entries_.front().statement;
    }

    // For a statement that the server no longer knows.
    void forget(std::string_view sql) {
        const auto found = by_sql_.find(sql);
        if (found == by_sql_.end()) return;
        const auto entry = found->second;
        by_sql_.erase(found);
        entries_.erase(entry);
    }

private:
    struct Entry {
        std::string sql;
        Statement statement;
    };
    std::list<Entry> entries_;  // most recently used first
    std::unordered_map<std::string_view, typename std::list<Entry>::iterator> by_sql_;
};

}  // namespace dakiya::store
