// What the server relies on in a record: its key fields. The full schemas (sdk/schema/record) are checked
// by `plugin check`; these are checked on every record, so nobody above has to doubt them.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "plugin/provider.hpp"

namespace dakiya::plugin {

// Which recipients of a send have a result. One turn's worth: over several turns the driver counts.
class Recipients {
public:
    explicit Recipients(std::size_t count) : taken_(count) {}
    // Marks the recipient. The Error says why it cannot have a result.
    Result<void> take(std::int64_t index);

private:
    std::vector<bool> taken_;
};

// Whether the server knows records of this kind. Others come from a newer vocabulary and are dropped
// (docs/design.md 3.4 rule 7).
bool is_record_kind(std::string_view kind);

// Checks the key fields, and turns words of open lists that the server does not know into "other".
// The Error's text continues "the record \"result\" ".
Result<void> check_record(Record& record, Recipients& recipients);

}  // namespace dakiya::plugin
