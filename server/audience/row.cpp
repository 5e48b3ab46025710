#include "audience/row.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "dakiya/json.hpp"
#include "domain/email.hpp"
#include "domain/phone.hpp"

namespace dakiya::audience {

namespace {

constexpr std::size_t name_bytes = 190;          // contacts.name
constexpr std::size_t attributes_json = 60'000;  // a TEXT column holds 65,535

bool clean(std::string_view text) {
    return valid_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
               const auto u = static_cast<unsigned char>(c);
               return u < 0x20 && c != '\n' && c != '\t' && c != '\r';
           });
}

// Invalid bytes become "?", so that the line can be shown and stored.
std::string printable(std::string_view raw) {
    std::string out;
    while (!raw.empty() && out.size() < 1000) {
        const std::string_view before = raw;
        const auto point = take_code_point(raw);
        if (point && *point != 0) {
            out.append(before.substr(0, before.size() - raw.size()));
        } else {
            out += '?';
            if (!point) raw.remove_prefix(1);
        }
    }
    return std::string(utf8_prefix(out, 1000));
}

}  // namespace

store::ImportError row_error(const CsvRecord& record, std::string_view field, std::string_view reason,
                             std::string_view text) {
    store::ImportError error;
    error.line = record.line;
    error.field = std::string(utf8_prefix(field, 64));
    error.reason = std::string(reason);
    error.text = std::string(utf8_prefix(text, 500));
    error.raw = printable(record.raw);
    return error;
}

std::variant<store::Contact, store::ImportError> contact_of(const CsvRecord& record, const Columns& columns,
                                                            const std::vector<std::string>& tags,
                                                            std::string_view country) {
    if (!record.fault.empty()) return row_error(record, "", reason::broken_line, record.fault);
    if (!clean(record.raw))
        return row_error(record, "", reason::bad_utf8,
                         "the line is not UTF-8 text; save the file as \"CSV UTF-8\"");
    if (record.fields.size() != columns.count)
        return row_error(record, "", reason::wrong_columns,
                         "the line has " + std::to_string(record.fields.size()) +
                             " columns, the first line " + std::to_string(columns.count));

    const auto cell = [&](std::optional<std::size_t> column) {
        return column ? trim(record.fields[*column]) : std::string_view();
    };
    store::Contact contact;
    if (const auto phone = cell(columns.phone); !phone.empty()) {
        auto number = domain::to_e164(phone, country);
        if (!number) return row_error(record, "phone", reason::invalid_phone, number.error().text);
        contact.phone = *std::move(number);
    }
    if (const auto email = cell(columns.email); !email.empty()) {
        auto address = domain::to_email(email);
        if (!address) return row_error(record, "email", reason::invalid_email, address.error().text);
        contact.email = *std::move(address);
    }
    if (contact.phone.empty() && contact.email.empty())
        return row_error(record, "phone", reason::missing_phone,
                         columns.email ? "the line has neither a phone number nor an e-mail address"
                                       : "the line has no phone number");

    contact.name = std::string(cell(columns.name));
    if (contact.name.size() > name_bytes)
        return row_error(record, "name", reason::too_long, "the name has more than 190 bytes");
    Json attributes = Json::object();
    for (const auto& [attribute, column] : columns.attributes) {
        const std::string_view value = cell(column);
        if (value.size() > attribute_bytes)
            return row_error(record, attribute, reason::too_long, "the value has more than 1,000 bytes");
        if (!value.empty()) attributes.set(attribute, value);
    }
    contact.attributes = attributes.dump();
    if (contact.attributes.size() > attributes_json)
        return row_error(record, "attributes", reason::too_long,
                         "the attributes of one person have more than 60,000 bytes together");
    contact.tags = tags;
    return contact;
}

bool SeenPeople::insert(const store::Contact& contact) {
    if (contact.phone.empty()) return insert_key(std::hash<std::string>()(contact.email) | (1ULL << 63U));
    return insert_key(std::stoull(contact.phone.substr(1)));
}

bool SeenPeople::insert_key(std::uint64_t key) {
    if (2 * (used_ + 1) > slots_.size()) grow();
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = (key * 0x9e3779b97f4a7c15ULL >> 20U) & mask;
    while (slots_[at] != 0) {
        if (slots_[at] == key) return false;
        at = (at + 1) & mask;
    }
    slots_[at] = key;
    ++used_;
    return true;
}

void SeenPeople::grow() {
    std::vector<std::uint64_t> old(slots_.size() * 2);
    old.swap(slots_);
    used_ = 0;
    for (const std::uint64_t key : old)
        if (key != 0) insert_key(key);
}

}  // namespace dakiya::audience
