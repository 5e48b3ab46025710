/* Fails to compile when a field of the ABI moved, changed its size or went away (layout.inc). Compiled as
 * C11 and, through layout_test.cpp, as C++17, with -Wpadded: hidden padding would break the growth rules. */
#include <assert.h>
#include <stdio.h>

#include "dakiya/abi.h"
#include "dakiya/crypto_abi.h"

#define LAYOUT(type, field, at, bytes)                                                \
    static_assert(offsetof(type, field) == (at), #type "." #field " is not at " #at); \
    static_assert(sizeof(((type*)0)->field) == (bytes), #type "." #field " is not " #bytes " bytes");
#define FROZEN(type, bytes) static_assert(sizeof(type) == (bytes), #type " can never grow");
#include "layout.inc"
#undef LAYOUT
#undef FROZEN

/* An appended field must change sizeof, or DK_HAS lies about older plugins. */
static_assert(sizeof(dk_request) == offsetof(dk_request, max_reply) + sizeof(uint32_t),
              "dk_request ends in padding");
static_assert(sizeof(dk_turn) == offsetof(dk_turn, now_ms) + sizeof(int64_t), "dk_turn ends in padding");
static_assert(sizeof(dk_plugin) == offsetof(dk_plugin, extension) + sizeof(void*),
              "dk_plugin ends in padding");

int main(void) {
    int fields = 0;
#define LAYOUT(type, field, at, bytes) ++fields;
#define FROZEN(type, bytes)
#include "layout.inc"
    printf("%d fields are where version 1 promised them\n", fields);
    return fields == 0;
}
