/* libgomp's team for Threads.cpp. In C, because `#pragma omp` must be compiled for libgomp, the library that
 * LibTorch and oneDNN use: with another compiler's OpenMP there would be two teams. */
#ifndef SWITCHYARD_RUNTIME_KERNELS_TEAM_H
#define SWITCHYARD_RUNTIME_KERNELS_TEAM_H

#ifdef __cplusplus
extern "C" {
#endif

/* Threads that this process may have at most (OMP_THREAD_LIMIT). */
int swy_team_limit(void);

/* Sets the calling thread's team to `threads`, without nesting and whatever the environment says. */
void swy_team_set(int threads);

/* Libraries that the calling thread calls plan for it alone, until the region ends. */
void swy_team_alone(void);

/* Whether the caller is a worker. */
int swy_team_inside(void);

/* What one member of a team does; `number` is below `members`, which may be fewer than were asked for. */
typedef void (*swy_team_worker)(int number, int members, void *env);

/* Runs `worker` on each member of a team of `threads`; it must not throw. */
void swy_team_run(int threads, swy_team_worker worker, void *env);

/* Calls `each` with every processor of the places that threads are bound to; with none where they are not
 * bound. */
void swy_team_processors(void (*each)(int processor, void *env), void *env);

#ifdef __cplusplus
}
#endif

#endif
