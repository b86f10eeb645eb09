/* The OpenMP regions. */
#include "runtime/kernels/Team.h"

#include <omp.h>
#include <stdlib.h>

int swy_team_limit(void) {
  return omp_get_thread_limit();
}

void swy_team_set(int threads) {
  omp_set_dynamic(0);
  omp_set_max_active_levels(1);
  omp_set_num_threads(threads);
}

void swy_team_alone(void) {
  omp_set_num_threads(1);
}

int swy_team_inside(void) {
  return omp_in_parallel();
}

void swy_team_run(int threads, swy_team_worker worker, void *env) {
#pragma omp parallel num_threads(threads)
  worker(omp_get_thread_num(), omp_get_num_threads(), env);
}

void swy_team_processors(void (*each)(int processor, void *env), void *env) {
  for (int place = 0; place < omp_get_num_places(); ++place) {
    int count = omp_get_place_num_procs(place);
    int *processors = malloc(sizeof(int) * (size_t)(count > 0 ? count : 1));
    if (!processors)
      return;
    omp_get_place_proc_ids(place, processors);
    for (int i = 0; i < count; ++i)
      each(processors[i], env);
    free(processors);
  }
}
