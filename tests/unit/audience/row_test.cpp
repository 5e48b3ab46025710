#include "audience/row.hpp"

#include <catch2/catch.hpp>

using namespace dakiya;
using namespace dakiya::audience;

namespace {

std::variant<store::Contact, store::ImportError> row(const std::vector<std::string>& header,
                                                     const std::string& line, const Mapping& mapping = {}) {
    const auto columns = find_columns(mapping, header);
    REQUIRE(columns);
    CsvRecord record;
    record.line = 7;
    record.raw = line;
    record.fields = *split_csv(line, ',');
    return contact_of(record, *columns, {"new"}, "IN");
}

}  // namespace

TEST_CASE("columns with obvious names are found, the others become attributes") {
    const auto contact = std::get<store::Contact>(row({"Full Name", "Mobile No.", "E-Mail", "Date of Birth"},
                                                      "Asha K, 98123 45678,Asha@EXAMPLE.com,1.1.90"));
    CHECK(contact.name == "Asha K");
    CHECK(contact.phone == "+919812345678");
    CHECK(contact.email == "Asha@example.com");
    CHECK(contact.attributes == R"({"date_of_birth":"1.1.90"})");
    CHECK(contact.tags == std::vector<std::string>{"new"});
}

TEST_CASE("a mapping chooses columns by name and leaves the others out") {
    const auto mapping = parse_mapping(Json::parse(R"({"phone":"Nr","attributes":{"city":"Ort"}})"));
    REQUIRE(mapping);
    const auto contact =
        std::get<store::Contact>(row({"Nr", "Ort", "Mobile"}, "+919812345678,Pune,x", *mapping));
    CHECK(contact.attributes == R"({"city":"Pune"})");
    const auto missing = find_columns(*mapping, {"Nr", "City"});
    REQUIRE_FALSE(missing);
    CHECK(missing.error().field == "mapping.attributes.city");
    CHECK(missing.error().text.find("\"City\"") != std::string::npos);
    CHECK_FALSE(find_columns({}, {"a", "b"}));
}

TEST_CASE("every bad line has its field and reason") {
    struct Case {
        std::string line, field, reason;
    };
    const std::vector<Case> cases = {
        {",a@b.example,x", "", ""},
        {",,x", "phone", "missing_phone"},
        {"12,,x", "phone", "invalid_phone"},
        {"hello,,x", "phone", "invalid_phone"},
        {"9812345678,nobody,x", "email", "invalid_email"},
        {"9812345678,,x,y", "", "wrong_columns"},
        {"9812345678", "", "wrong_columns"},
        {"9812345678,,\xff\xfe", "", "bad_utf8"},
        {"9812345678,," + std::string(191, 'n'), "name", "too_long"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.line);
        const auto outcome = row({"phone", "email", "name"}, c.line);
        if (c.reason.empty()) {
            CHECK(std::holds_alternative<store::Contact>(outcome));
            continue;
        }
        const auto& error = std::get<store::ImportError>(outcome);
        CHECK(error.line == 7);
        CHECK(error.field == c.field);
        CHECK(error.reason == c.reason);
        CHECK_FALSE(error.text.empty());
    }
    const auto bytes = std::get<store::ImportError>(row({"phone", "email", "name"}, "1,,\xff"));
    CHECK(bytes.raw == "1,,?");
    const auto attribute = row({"phone", "note"}, "9812345678," + std::string(1001, 'n'));
    CHECK(std::get<store::ImportError>(attribute).field == "note");
}

TEST_CASE("a mapping of wrong shape is refused by name") {
    for (const char* text : {R"([])", R"({"phon":"x"})", R"({"phone":1})", R"({"attributes":[]})",
                             R"({"attributes":{"a|b":"x"}})", R"({"tags":"x"})", R"({"tags":["a,b"]})",
                             R"({"attributes":{"a":1}})"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_mapping(Json::parse(text)));
    }
    const Json json = Json::parse(R"({"phone":"P","name":"N","attributes":{"a":"b"},"tags":["t"]})");
    CHECK(to_json(*parse_mapping(json)) == json);
}

TEST_CASE("people are seen once, however many there are") {
    SeenPeople seen;
    store::Contact contact;
    for (int i = 0; i < 20'000; ++i) {
        contact.phone = "+9198" + std::to_string(10'000'000 + i);
        REQUIRE(seen.insert(contact));
    }
    for (int i = 0; i < 20'000; ++i) {
        contact.phone = "+9198" + std::to_string(10'000'000 + i);
        REQUIRE_FALSE(seen.insert(contact));
    }
    store::Contact mail;
    mail.email = "a@b.example";
    CHECK(seen.insert(mail));
    CHECK_FALSE(seen.insert(mail));
}
