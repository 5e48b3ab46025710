// The part of JSON Schema that Dakiya knows: settings forms of providers and bodies of API requests.
//
//   every type   type (object string integer number boolean array), title, description, default, enum,
//   nullable string       minLength, maxLength (code points), pattern, format (uri, email) numbers minimum,
//   maximum array        items, minItems, maxItems object       properties, required, additionalProperties
//   (true, false or a schema); on the outermost
//                object also version (a whole number, for settings.migrate)
//   forms        x-secret, x-order, x-group, x-show-if, x-options, x-technical, x-generate, x-env
//
// Unlike JSON Schema, an object that lists `properties` refuses other fields unless additionalProperties
// says otherwise: a misspelt field is told, not dropped. An object without `properties` takes any.
// A pattern is a POSIX extended expression (linear to match: no back references, no \d) and may match
// anywhere unless anchored; text that is checked against one has at most 1,000 bytes.
// A field whose x-show-if does not hold is not required.
// All functions are pure. [any thread]
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "dakiya/json.hpp"

namespace dakiya::plugin {

// Whether `schema` itself uses only what is listed above, with values that make sense (a default must
// satisfy its own schema). Error::field is the dotted path of the place inside the schema.
Result<void> check_schema(const Json& schema);

// Everything that is wrong with `value`, empty when nothing is. `schema` must have passed check_schema.
// Error::field is the dotted path of the wrong value, starting with `path`: "to[0].address".
// Stops after 100 findings. The value itself is never quoted: it may be a secret.
std::vector<Error> validate(const Json& schema, const Json& value, std::string_view path = {});

// `value` with the defaults of missing fields filled in, in nested objects and arrays too.
Json with_defaults(const Json& schema, Json value);

// Names of the outermost properties that are x-secret, in the schema's order.
std::vector<std::string> secret_fields(const Json& schema);

}  // namespace dakiya::plugin
