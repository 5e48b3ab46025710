// Why an address must not be messaged. The words are stored.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "domain/outcome.hpp"

namespace dakiya::domain {

enum class Suppression : std::uint8_t {
    opted_out,    // the person said STOP, or blocked the sender
    complaint,    // the person reported us
    unreachable,  // three permanent failures: no such address, or not on the channel
    manual        // somebody of the tenant put it on the list
};

std::string_view to_string(Suppression reason);  // the stored word
std::string_view text(Suppression reason);       // a sentence for people
std::optional<Suppression> parse_suppression(std::string_view word);

// Whether a failure puts the address on the list. failures: how often in a row it has failed with this
// class, this one included.
std::optional<Suppression> suppression_after(Class error_class, int failures);

}  // namespace dakiya::domain
