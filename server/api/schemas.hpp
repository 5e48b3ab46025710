// Short words for the schemas of the route table (the subset of plugin/schema.hpp).
#pragma once

#include <initializer_list>
#include <string_view>

#include "dakiya/json.hpp"

namespace dakiya::api::schema {

Json text(int most, int least = 0);
Json integer(std::int64_t least, std::int64_t most);
Json boolean();
Json one_of(std::initializer_list<Json> words);
Json list(Json items, int most);
Json object(std::initializer_list<Json::Entry> properties, std::initializer_list<Json> required = {});
Json any_object();  // checked further by the handler
Json texts();       // an object of text values
Json nullable(Json schema);
Json described(Json schema, std::string_view description);

// Adds limit and cursor.
Json page_query(std::initializer_list<Json::Entry> filters = {});
// {"items":[…],"next":…}
Json page(Json item);

}  // namespace dakiya::api::schema
