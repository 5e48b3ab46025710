// Files of ours in a new template. Where a header shows one, its example names it: {"type":"HEADER",
// "format":"IMAGE","example":{"media":"med_…"}}, at the top or in a carousel's cards; the plugin gets its
// number instead (sdk/schema/templates.create.schema.json) and lends it to the provider.
#pragma once

#include "base/result.hpp"
#include "dakiya/json.hpp"
#include "plugin/manifest.hpp"
#include "send/ask.hpp"
#include "store/blob_folder.hpp"
#include "store/db.hpp"
#include "store/scope.hpp"

namespace dakiya::send {

// Whether the provider's plugin takes files along with a new template: "files" of its templates.create.
bool takes_template_files(const plugin::Manifest& manifest);

// The question "templates.create" for what a caller wants; with files it has more patience. The Error's field
// names the example: Code::unsupported, the plugin takes no files; Code::invalid, no such file, or not one of
// the header's format; Code::unavailable, its bytes are not here.
Result<Question> template_question(store::Database& db, store::Scope scope, const store::BlobFolder& blobs,
                                   const plugin::Manifest& manifest, const Json& wanted);

}  // namespace dakiya::send
