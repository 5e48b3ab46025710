#include "audience/mapping.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace dakiya::audience {

namespace {

constexpr std::array<std::string_view, 24> phone_names = {
    "phone",       "phoneno",  "phonenumber", "mobile",         "mobileno",       "mobilenumber",
    "mobilephone", "whatsapp", "whatsappno",  "whatsappnumber", "cell",           "cellphone",
    "cellnumber",  "tel",      "telephone",   "msisdn",         "contactno",      "contactnumber",
    "number",      "phone1",   "phone1value", "customerphone",  "customermobile", "recipient"};
constexpr std::array<std::string_view, 8> name_names = {
    "name", "fullname", "customername", "contactname", "customer", "personname", "clientname", "displayname"};
constexpr std::array<std::string_view, 6> email_names = {"email", "emailaddress",  "emailid",
                                                         "mail",  "customeremail", "emailaddress1"};

// "Mobile No." → "mobileno"
std::string squeezed(std::string_view name) {
    std::string out;
    for (const char c : lower_ascii(name))
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c & 0x80) != 0) out += c;
    return out;
}

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& names, const std::string& squeezed_name) {
    return std::find(names.begin(), names.end(), squeezed_name) != names.end();
}

std::string quoted_list(const std::vector<std::string>& header) {
    std::string list;
    for (const std::string& name : header) list += (list.empty() ? "\"" : ", \"") + name + '"';
    return std::string(utf8_prefix(list, 300));
}

// "Date of birth" → "date_of_birth"
std::string attribute_of(std::string_view column) {
    std::string out;
    for (const char c : lower_ascii(trim(column))) {
        const bool plain =
            static_cast<unsigned char>(c) > 0x20 && c != '{' && c != '}' && c != '|' && c != 0x7f;
        if (plain)
            out += c;
        else if (!out.empty() && out.back() != '_')
            out += '_';
    }
    return std::string(utf8_prefix(out, attribute_name_bytes));
}

Result<Columns> guess_columns(const std::vector<std::string>& header) {
    Columns columns;
    columns.count = header.size();
    for (std::size_t i = 0; i < header.size(); ++i) {
        const std::string name = squeezed(header[i]);
        if (!columns.phone && is_one_of(phone_names, name)) {
            columns.phone = i;
        } else if (!columns.name && is_one_of(name_names, name)) {
            columns.name = i;
        } else if (!columns.email && is_one_of(email_names, name)) {
            columns.email = i;
        } else if (const std::string attribute = attribute_of(header[i]); !attribute.empty()) {
            const auto same = [&](const auto& known) { return known.first == attribute; };
            if (std::none_of(columns.attributes.begin(), columns.attributes.end(), same))
                columns.attributes.emplace_back(attribute, i);
        }
    }
    if (!columns.phone && !columns.email)
        return invalid("mapping.phone",
                       "no column of the file is called like a phone number; say which one is it in "
                       "mapping.phone. The columns are " +
                           quoted_list(header));
    if (columns.attributes.size() > attributes_most)
        return Error{Code::too_large, "a contact has at most 100 attributes; choose columns with a mapping",
                     "mapping.attributes"};
    return columns;
}

}  // namespace

bool is_attribute_name(std::string_view name) {
    return !name.empty() && name.size() <= attribute_name_bytes && valid_utf8(name) && trim(name) == name &&
           std::none_of(name.begin(), name.end(), [](char c) {
               return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '{' || c == '}' || c == '|';
           });
}

bool is_tag(std::string_view tag) {
    return !tag.empty() && tag.size() <= tag_bytes && valid_utf8(tag) && trim(tag) == tag &&
           std::none_of(tag.begin(), tag.end(),
                        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == ',' || c == 0x7f; });
}

Result<Mapping> parse_mapping(const Json& json) {
    Mapping mapping;
    if (json.is_null()) return mapping;
    if (!json.is_object()) return invalid("mapping", "the mapping is a JSON object");
    for (const auto& [word, value] : json.members()) {
        const std::string field = "mapping." + word;
        if (word == "phone" || word == "name" || word == "email") {
            if (!value.is_string()) return invalid(field, "expected the name of a column");
            (word == "phone" ? mapping.phone : word == "name" ? mapping.name : mapping.email) = value.text();
        } else if (word == "attributes") {
            if (!value.is_object() || value.size() > attributes_most)
                return invalid(field, "expected an object of attribute: column, at most 100");
            for (const auto& [attribute, column] : value.members()) {
                if (!is_attribute_name(attribute))
                    return invalid(field, "an attribute's name has 1 to 64 bytes and no {, } or |");
                if (!column.is_string())
                    return invalid(field + "." + attribute, "expected the name of a column");
                mapping.attributes.emplace_back(attribute, column.text());
            }
        } else if (word == "tags") {
            if (!value.is_array() || value.size() > tags_most)
                return invalid(field, "expected an array of at most 50 tags");
            for (const Json& tag : value) {
                if (!tag.is_string() || !is_tag(tag.text()))
                    return invalid(field, "a tag is a text of 1 to 64 bytes without commas");
                mapping.tags.push_back(tag.text());
            }
        } else {
            return invalid(field,
                           "there is no such field; a mapping has phone, name, email, attributes and tags");
        }
    }
    return mapping;
}

Json to_json(const Mapping& mapping) {
    Json json = Json::object();
    if (!mapping.phone.empty()) json.set("phone", mapping.phone);
    if (!mapping.name.empty()) json.set("name", mapping.name);
    if (!mapping.email.empty()) json.set("email", mapping.email);
    if (!mapping.attributes.empty()) {
        Json& attributes = json.set("attributes", Json::object());
        for (const auto& [attribute, column] : mapping.attributes) attributes.set(attribute, column);
    }
    if (!mapping.tags.empty()) {
        Json& tags = json.set("tags", Json::array());
        for (const std::string& tag : mapping.tags) tags.push_back(tag);
    }
    return json;
}

Result<Columns> find_columns(const Mapping& mapping, const std::vector<std::string>& header) {
    if (mapping.automatic()) return guess_columns(header);
    Columns columns;
    columns.count = header.size();
    std::optional<Error> missing;
    const auto find = [&](const std::string& column, const std::string& field) -> std::optional<std::size_t> {
        if (column.empty()) return std::nullopt;
        for (std::size_t i = 0; i < header.size(); ++i)
            if (trim(header[i]) == trim(column)) return i;
        if (!missing)
            missing = invalid(field, "the file has no column \"" + std::string(utf8_prefix(column, 100)) +
                                         "\". Its columns are " + quoted_list(header));
        return std::nullopt;
    };
    columns.phone = find(mapping.phone, "mapping.phone");
    columns.name = find(mapping.name, "mapping.name");
    columns.email = find(mapping.email, "mapping.email");
    for (const auto& [attribute, column] : mapping.attributes)
        if (const auto at = find(column, "mapping.attributes." + attribute))
            columns.attributes.emplace_back(attribute, *at);
    if (missing) return *missing;
    if (!columns.phone && !columns.email)
        return invalid("mapping.phone",
                       "the mapping names neither a column for the phone number nor for the e-mail");
    return columns;
}

}  // namespace dakiya::audience
