// dakiya/testing/schema.hpp - JSON Schema by RapidJSON: the files of sdk/schema and a manifest's own
// settings.
#ifndef DAKIYA_TESTING_SCHEMA_HPP
#define DAKIYA_TESTING_SCHEMA_HPP

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>

#include <rapidjson/document.h>
#include <rapidjson/schema.h>
#include <rapidjson/stringbuffer.h>

namespace dakiya::testing {

class Schema {
public:
    // Throws std::runtime_error when the text is not JSON.
    explicit Schema(std::string_view text) : document_(parse(text)), schema_(document_) {}

    // Where and which keyword, or "" when the text is valid. [any thread]
    std::string violation(std::string_view text) const {
        const rapidjson::Document value = parse(text);
        const std::lock_guard lock(mutex_);
        rapidjson::SchemaValidator validator(schema_);
        if (value.Accept(validator)) return {};
        rapidjson::StringBuffer where;
        validator.GetInvalidDocumentPointer().StringifyUriFragment(where);
        const std::string place(where.GetString(), where.GetSize());
        return "at " + (place == "#" ? std::string("the top") : place) + " it breaks \"" +
               validator.GetInvalidSchemaKeyword() + "\"";
    }

private:
    static rapidjson::Document parse(std::string_view text) {
        rapidjson::Document document;
        document.Parse(text.data(), text.size());
        if (document.HasParseError()) throw std::runtime_error("not JSON");
        return document;
    }

    rapidjson::Document document_;
    rapidjson::SchemaDocument schema_;
    mutable std::mutex mutex_;  // RapidJSON 1.1 keeps the state of a "pattern" inside the schema
};

// The schemas of a folder, by path without ".schema.json": "send", "record/result", …
class Schemas {
public:
    explicit Schemas(const std::filesystem::path& folder) {
        namespace fs = std::filesystem;
        constexpr std::string_view ending = ".schema.json";
        for (const auto& entry : fs::recursive_directory_iterator(folder)) {
            std::string name = fs::relative(entry.path(), folder).generic_string();
            if (name.size() <= ending.size() || name.substr(name.size() - ending.size()) != ending) continue;
            name.resize(name.size() - ending.size());
            std::ifstream in(entry.path(), std::ios::binary);
            const std::string text{std::istreambuf_iterator<char>(in), {}};
            schemas_[name] = std::make_unique<Schema>(text);
        }
    }

    // Null when there is none of that name.
    const Schema* find(const std::string& name) const {
        const auto found = schemas_.find(name);
        return found == schemas_.end() ? nullptr : found->second.get();
    }

private:
    std::map<std::string, std::unique_ptr<Schema>> schemas_;
};

}  // namespace dakiya::testing

#endif
