// A file as it comes: the body itself, or the part "file" of a multipart/form-data form beside other fields.
// Either way it ends as a file of ours.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "api/http.hpp"
#include "base/result.hpp"

namespace dakiya::api {

struct Upload {
    std::unique_ptr<SpoolFile> file;
    std::string filename, type;                 // as the part "file" says, or the header Content-Type
    std::map<std::string, std::string> fields;  // the other parts of the form

    std::string field(const std::string& name) const;  // "" when not in the form
};

// Takes the body out of the request. allowed: the form's fields besides "file". Throws std::system_error when
// the disk is full.
Result<Upload> take_upload(Request& request, const std::string& folder, const std::set<std::string>& allowed);

}  // namespace dakiya::api
