#include "api/paging.hpp"

#include "base/id.hpp"

namespace dakiya::api {

namespace {
constexpr std::string_view cursor_prefix = "cur";
}

Result<Page> page_of(const Json& query) {
    Page page;
    page.limit = static_cast<int>(query.value("limit", page.limit));
    if (const std::string cursor = query.value("cursor", ""); !cursor.empty()) {
        const auto position = parse_id(cursor_prefix, cursor);
        if (!position)
            return invalid("query.cursor",
                           "that is not a cursor; use the `next` of the page before, unchanged");
        page.from = *position;
    }
    return page;
}

std::string cursor_of(std::int64_t position) { return format_id(cursor_prefix, position); }

}  // namespace dakiya::api
