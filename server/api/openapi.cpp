#include "api/openapi.hpp"

#include "api/problem.hpp"
#include "base/text.hpp"

namespace dakiya::api {

namespace {

// From our subset to JSON Schema 2020-12: nullable is a type there, and an object that lists its
// properties says that it takes no others. `strict`: for what we read; what we write may grow.
Json standard(const Json& schema, bool strict) {
    Json out = Json::object();
    for (const auto& [word, value] : schema.members()) {
        if (word == "nullable") continue;
        if (word == "properties") {
            Json properties = Json::object();
            for (const auto& [name, property] : value.members())
                properties.set(name, standard(property, strict));
            out.set(word, std::move(properties));
        } else if ((word == "items" || word == "additionalProperties") && value.is_object()) {
            out.set(word, standard(value, strict));
        } else {
            out.set(word, value);
        }
    }
    if (schema.value("nullable", false)) out.set("type", Json::array({schema.at("type"), "null"}));
    if (strict && schema.contains("properties") && !schema.contains("additionalProperties"))
        out.set("additionalProperties", false);
    return out;
}

Json content(std::string_view type, Json schema) {
    Json media = Json::object();
    media.set(type, Json{{"schema", std::move(schema)}});
    return media;
}

Json reference(std::string_view path) { return Json{{"$ref", path}}; }

Json parameters(const Route& route) {
    Json list = Json::array();
    const Json text{{"type", "string"}};
    for (std::size_t at = route.path.find('{'); at != std::string::npos; at = route.path.find('{', at + 1)) {
        const std::string name = route.path.substr(at + 1, route.path.find('}', at) - at - 1);
        list.push_back(Json{{"name", name}, {"in", "path"}, {"required", true}, {"schema", text}});
    }
    const Json& properties = route.query["properties"];
    if (properties.is_object())
        for (const auto& [name, property] : properties.members()) {
            bool required = false;
            for (const Json& word : route.query["required"]) required = required || word.text() == name;
            list.push_back(Json{{"name", name},
                                {"in", "query"},
                                {"required", required},
                                {"schema", standard(property, true)}});
        }
    if (route.method == "POST" && route.permission != Permission::none && route.remembers)
        list.push_back(reference("#/components/parameters/IdempotencyKey"));
    return list;
}

Json operation(const Route& route) {
    Json success{{"description", "Success"}};
    if (!route.answer.is_null())
        success.set("content", content("application/json", standard(route.answer, false)));
    Json responses = Json::object();
    responses.set(std::to_string(route.status), std::move(success));
    responses.set("default", reference("#/components/responses/Problem"));

    Json json{{"operationId", route.name}, {"summary", route.summary}};
    if (route.permission == Permission::none)
        json.set("security", Json::array());
    else
        json.set("description",
                 "Needs an API key with the permission `" + std::string(to_string(route.permission)) + "`.");
    if (Json list = parameters(route); !list.empty()) json.set("parameters", std::move(list));
    if (route.body_kind == BodyKind::json)
        json.set("requestBody", Json{{"required", true},
                                     {"content", content("application/json", standard(route.body, true))}});
    else if (route.body_kind == BodyKind::raw && route.method != "GET")
        json.set("requestBody", Json{{"content", content("*/*", Json::object())}});
    json.set("responses", std::move(responses));
    return json;
}

}  // namespace

Json openapi(const Routes& routes, std::string_view version) {
    Json paths = Json::object();
    for (const Route& route : routes) {
        if (!paths.contains(route.path)) paths.set(route.path, Json::object());
        paths.find(route.path)->set(lower_ascii(route.method), operation(route));
    }
    const Json key{{"name", "Idempotency-Key"},
                   {"in", "header"},
                   {"description",
                    "A name for this request, 1 to 128 characters. Repeated with the same "
                    "name within 24 hours it is not done again; the first answer is given."},
                   {"schema", Json{{"type", "string"}, {"minLength", 1}, {"maxLength", 128}}}};
    const Json problem_response{{"description", "What is wrong, where, and what to do (RFC 9457)"},
                                {"content", content("application/problem+json", problem_schema())}};
    return Json{
        {"openapi", "3.1.0"},
        {"info", Json{{"title", "Dakiya"}, {"version", version}}},
        {"security", Json::array({Json{{"key", Json::array()}}})},
        {"paths", std::move(paths)},
        {"components", Json{{"securitySchemes", Json{{"key", Json{{"type", "http"}, {"scheme", "bearer"}}}}},
                            {"parameters", Json{{"IdempotencyKey", key}}},
                            {"responses", Json{{"Problem", problem_response}}}}}};
}

}  // namespace dakiya::api
