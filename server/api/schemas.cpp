#include "api/schemas.hpp"

#include "api/paging.hpp"

namespace dakiya::api::schema {

Json text(int most, int least) {
    Json json{{"type", "string"}, {"maxLength", most}};
    if (least > 0) json.set("minLength", least);
    return json;
}

Json integer(std::int64_t least, std::int64_t most) {
    return Json{{"type", "integer"}, {"minimum", least}, {"maximum", most}};
}

Json boolean() { return Json{{"type", "boolean"}}; }

Json one_of(std::initializer_list<Json> words) {
    return Json{{"type", "string"}, {"enum", Json::array(words)}};
}

Json list(Json items, int most) {
    return Json{{"type", "array"}, {"items", std::move(items)}, {"maxItems", most}};
}

Json object(std::initializer_list<Json::Entry> properties, std::initializer_list<Json> required) {
    Json json{{"type", "object"}, {"properties", Json(properties)}};
    if (required.size() > 0) json.set("required", Json::array(required));
    return json;
}

Json any_object() { return Json{{"type", "object"}}; }

Json texts() {
    return Json{{"type", "object"}, {"properties", Json::object()}, {"additionalProperties", text(1000)}};
}

Json nullable(Json schema) {
    schema.set("nullable", true);
    return schema;
}

Json described(Json schema, std::string_view description) {
    schema.set("description", description);
    return schema;
}

Json page_query(std::initializer_list<Json::Entry> filters) {
    Json properties(filters);
    properties.set("limit", described(integer(1, most_per_page), "Items on a page; 50 when left out"));
    properties.set("cursor", described(text(600), "`next` of the page before"));
    return Json{{"type", "object"}, {"properties", std::move(properties)}};
}

Json page(Json item) {
    return Json{{"type", "object"},
                {"required", Json::array({"items", "next"})},
                {"properties", Json{{"items", Json{{"type", "array"}, {"items", std::move(item)}}},
                                    {"next", nullable(text(600))}}}};
}

}  // namespace dakiya::api::schema
