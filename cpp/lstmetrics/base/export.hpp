// LSTMETRICS_API marks what the core's shared library exports; all else is hidden.
#pragma once

#if defined(_WIN32)
#if defined(LSTMETRICS_BUILDING_CORE)
#define LSTMETRICS_API __declspec(dllexport)
#else
#define LSTMETRICS_API __declspec(dllimport)
#endif
#else
#define LSTMETRICS_API __attribute__((visibility("default")))
#endif
