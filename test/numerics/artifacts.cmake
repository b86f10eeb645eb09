# Compiles the programs of Inputs/ into ${artifacts}, each in the ways that the tests name.

file(MAKE_DIRECTORY ${artifacts})
file(GLOB standard_library CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/stdlib/*.swy)

# compile_program(PROGRAM VARIANT OPTION...) makes PROGRAM-VARIANT.so; VARIANT "" makes PROGRAM.so.
function(compile_program program variant)
  set(name ${program})
  if(variant)
    set(name ${program}-${variant})
  endif()
  set(device --device cpu)
  if("--device" IN_LIST ARGN)
    set(device)
  endif()
  set(source ${CMAKE_CURRENT_SOURCE_DIR}/Inputs/${program}.swy)
  add_custom_command(OUTPUT ${artifacts}/${name}.so
    COMMAND ${CMAKE_COMMAND} -E env SWITCHYARD_STDLIB=${PROJECT_SOURCE_DIR}/stdlib
            $<TARGET_FILE:switchyard> compile ${source} -o ${artifacts}/${name}.so ${device} ${ARGN}
    DEPENDS switchyard ${source} ${standard_library}
    COMMENT "Compiling ${name}.so" VERBATIM)
  set_property(GLOBAL APPEND PROPERTY NUMERICS_ARTIFACTS ${artifacts}/${name}.so)
endfunction()

# Makes PROGRAM-emulated.so, whose code for the CPU is that of PROGRAM.so, so that this is another name of it.
function(compile_for_both program)
  compile_program(${program} emulated --device emulated)
  add_custom_command(OUTPUT ${artifacts}/${program}.so
    COMMAND ${CMAKE_COMMAND} -E create_symlink ${program}-emulated.so ${artifacts}/${program}.so
    DEPENDS ${artifacts}/${program}-emulated.so VERBATIM)
  set_property(GLOBAL APPEND PROPERTY NUMERICS_ARTIFACTS ${artifacts}/${program}.so)
endfunction()

foreach(program odd blocked switching)
  compile_for_both(${program})
  compile_program(${program} native --cpu native)
  set(everything)
  foreach(optimization fuse-activations assign-layouts pack-weights fuse)
    compile_program(${program} without-${optimization} --disable ${optimization})
    list(APPEND everything --disable ${optimization})
  endforeach()
  compile_program(${program} without-any --disable hoist-expectation ${everything})
endforeach()
compile_program(switching without-hoist-expectation --disable hoist-expectation)
compile_for_both(tensor_cores)
compile_program(tensor_cores emulated-without-assign-layouts --device emulated --disable assign-layouts)
compile_program(optimizers "")
compile_program(adversarial "")
foreach(program losses sampled layers choices members answers norms residual updates values weights stronger)
  compile_for_both(${program})
endforeach()
foreach(batch 1 7 64)
  compile_program(odd batch-${batch} --batch ${batch})
  compile_program(switching batch-${batch} --batch ${batch})
endforeach()
get_property(compiled GLOBAL PROPERTY NUMERICS_ARTIFACTS)
add_custom_target(numerics_artifacts DEPENDS ${compiled})
