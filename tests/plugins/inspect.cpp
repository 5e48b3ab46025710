// The child of the probe in tests: inspect FILE
#include <cstdio>

#include "plugin/probe.hpp"

int main(int count, char** words) {
    if (count != 2) {
        std::fputs("usage: crowd_inspect FILE\n", stderr);
        return 2;
    }
    return dakiya::plugin::inspect_main(words[1]);
}
