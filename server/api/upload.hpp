// A customer file as it comes: the body itself, or the part "file" of a multipart/form-data form beside
// parts "mapping" and "tags". Either way it ends as a file of ours.
#pragma once

#include <memory>
#include <string>

#include "api/http.hpp"
#include "base/result.hpp"

namespace dakiya::api {

struct Upload {
    std::unique_ptr<SpoolFile> file;
    std::string mapping;  // JSON, empty when not in the form
    std::string tags;     // "a,b", empty when not in the form
};

// Takes the body out of the request. Throws std::system_error when the disk is full.
Result<Upload> take_upload(Request& request, const std::string& folder);

}  // namespace dakiya::api
