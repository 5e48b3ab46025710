// One line of a customer file → a contact, or what is wrong with it. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "audience/csv.hpp"
#include "audience/mapping.hpp"
#include "store/contacts.hpp"
#include "store/imports.hpp"

namespace dakiya::audience {

// Why a line was not imported. The words are stored and are part of the API.
namespace reason {
inline constexpr std::string_view broken_line = "broken_line";      // quotes, too many columns
inline constexpr std::string_view bad_utf8 = "bad_utf8";            // not UTF-8, or control characters
inline constexpr std::string_view wrong_columns = "wrong_columns";  // not as many as the first line has
inline constexpr std::string_view missing_phone = "missing_phone";
inline constexpr std::string_view invalid_phone = "invalid_phone";
inline constexpr std::string_view invalid_email = "invalid_email";
inline constexpr std::string_view too_long = "too_long";
inline constexpr std::string_view duplicate_in_file = "duplicate_in_file";
inline constexpr std::string_view email_taken = "email_taken";  // imported, but without its e-mail address
}  // namespace reason

store::ImportError row_error(const CsvRecord& record, std::string_view field, std::string_view reason,
                             std::string_view text);

// country: how phones without a country code are read.
std::variant<store::Contact, store::ImportError> contact_of(const CsvRecord& record, const Columns& columns,
                                                            const std::vector<std::string>& tags,
                                                            std::string_view country);

// The people that a file has named so far, 16 bytes each. E.164 numbers fit in 64 bits as they are;
// e-mail addresses are hashed, which takes two of a million for one with a chance of 1 in 37 million.
class SeenPeople {
public:
    // False when the person was there already.
    bool insert(const store::Contact& contact);

private:
    void grow();
    bool insert_key(std::uint64_t key);

    std::vector<std::uint64_t> slots_ = std::vector<std::uint64_t>(1024);  // open addressing, 0: free
    std::size_t used_ = 0;
};

}  // namespace dakiya::audience
