#include <cblas.h>

// LAPACK, which OpenBLAS contains under its Fortran names; Debian packages no header for it with OpenBLAS.
// Matrices are column-major; every argument is a pointer; a character argument's length, which Fortran compilers pass
// behind the others, is not read.
void dgels_(const char *trans, const int *m, const int *n, const int *nrhs, double *a, const int *lda, double *b,
            const int *ldb, double *work, const int *lwork, int *info);
void dpotri_(const char *uplo, const int *n, double *a, const int *lda, int *info);
void dgesvd_(const char *jobu, const char *jobvt, const int *m, const int *n, double *a, const int *lda, double *s,
             double *u, const int *ldu, double *vt, const int *ldvt, double *work, const int *lwork, int *info);
void dsyev_(const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work,
            const int *lwork, int *info);
