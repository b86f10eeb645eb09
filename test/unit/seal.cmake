# Seals an artifact as the compiler does (runtime/contract/Seal.h).
file(SHA256 ${file} digest)
file(APPEND ${file} "\nswitchyard artifact, sha256 ${digest}\n")
