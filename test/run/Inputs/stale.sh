# Runs the program of stale/ again and again, with something changed each time (../stale.test).
cd $1/here
show() { # WORDS: what the run says of the attack
  switchyard run use_own.swy --device cpu --store $here --out $here.out "$@" 2>&1 | grep -E "shift|warning|error|from the store"
}
count() { echo "artifacts: $(ls $here/artifacts | wc -l)"; }
program=use_own.swy here=$1/store
echo first; show
echo again; show; count
echo edited; sed -i 's/x0 + 0.01/x0 + 0.2/' mine.swy; show; count
cp -r $1/here $1/there; cd $1/there; sed -i 's/x0 + 0.2/x0 + 0.05/' mine.swy
echo elsewhere; show; count
cd $1/here
echo library; echo '// One line more.' >> $SWITCHYARD_STDLIB/attacks.swy; show > /dev/null; count
echo processor; show --cpu x86-64-v3 > /dev/null; count

damage() { # NAME COMMAND: does it to the artifacts, and runs
  echo $1
  for file in $here/artifacts/*; do $2 $file; done
  cp $file $1.so; mv $1.so cut.so
  show; switchyard-run cut.so --out $here.out
}
cut() { truncate -s 3000 $1; }
empty() { truncate -s 0 $1; }
changed() { printf 'x' | dd of=$1 bs=1 seek=900 conv=notrunc status=none; }
damage cut cut
damage empty empty
damage changed changed

export XDG_CACHE_HOME=$1/cache
echo writable; chmod a+w $here/artifacts; show; echo "in the cache: $(ls $XDG_CACHE_HOME/switchyard/artifacts | wc -l)"
echo both; chmod a+w $XDG_CACHE_HOME/switchyard; show
echo "no home"; unset XDG_CACHE_HOME HOME; switchyard run use_own.swy --device cpu --out $here.out 2>&1
test -e .cache || echo nothing here
