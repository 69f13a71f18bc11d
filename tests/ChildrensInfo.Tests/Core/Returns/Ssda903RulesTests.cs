using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Returns.Ssda903;
using ChildrensInfo.Core.Returns.Ssda903.Rules;
using Xunit;

namespace ChildrensInfo.Tests.Core.Returns;

/// <summary>
/// Every rule on whole returns: the valid return changed in one place so that it breaks the rule, and changed as far as it may be without.
/// How a change is written is said at <see cref="Ssda903File"/>.
/// </summary>
public class Ssda903RulesTests
{
    /// <param name="Fails">Makes the return break the rule.</param>
    /// <param name="Found">The values then found, in order, separated by bars; null for one finding without a value.</param>
    /// <param name="Boundary">Goes as far as the rule allows.</param>
    private sealed record Case(string Rule, string Fails, string? Found, string Boundary);

    private static readonly Case[] Cases =
    [
        // ---- header
        new("101", "h1.SEX=X", "X", "h1.SEX=U"),
        new("101", "h1.SEX=2", "2", "h1.SEX=F"),
        new("102", "h1.DOB=2013-06-10", "2013-06-10", "h1.DOB=29/02/2012"),
        new("103", "h1.ETHNIC=WHIT", "WHIT", "h1.ETHNIC=NOBT"),
        new("165", "h2.MOTHER=0", "0", "h1.MOTHER=1"),
        new("165", "h1.MOTHER=", null, "h1.MOTHER=;e1.LS=V3;e2.LS=V4"),
        new("168", "h1.UPN=I123456789012", "I123456789012", "h1.UPN=A12345678901B"),
        new("168", "h1.UPN=UN6", "UN6", "h1.UPN=UN5"),
        new("171", "h1.MC_DOB=31/02/2025", "31/02/2025", "h1.MC_DOB=28/02/2025"),
        new("174", "h2.MC_DOB=01/01/2026", "01/01/2026", "h1.MC_DOB=01/01/2026"),
        new("209", "h3.DOB=31/08/2020", "UN1", "h3.DOB=01/09/2020"),
        new("210", "h1.UPN=UN4", "UN4", "h2.UPN=UN4;e3.DECOM=24/03/2026"),
        new("231", "h2.DOB=01/04/2015", "01/04/2015", "h2.DOB=31/03/2015"),
        new("232", "h1.SEX=U", "U", "h1.SEX=M"),
        new("301", "h1.DOB=01/04/2026", "01/04/2026", "h1.DOB=31/03/2026"),
        new("302", "h1.DOB=06/02/2024", "05/02/2024", "h1.DOB=05/02/2024"),
        new("351", "h4.DOB=31/03/2000", "31/03/2000", "h4.DOB=01/04/2000"),
        new("393", "h1.MOTHER=", null, "h1.MOTHER=;e1.LS=V3;e2.LS=V4"),
        new("399", "e1.LS=V3;e2.LS=V3", "0|01/05/2025", "e1.LS=V3"),
        new("442", "h1.UPN=", null, "h4.UPN="),
        new("444", "h2.UPN=A123456789012", "A123456789012|A123456789012", "h1.UPN=UN2;h2.UPN=UN2"),
        new("607", "h1.MOTHER=;e2.DEC=31/03/2026;e2.REC=E4A", null, "h1.MOTHER=;e2.DEC=01/04/2026;e2.REC=E4A"),
        new("611", "h1.MOTHER=1", null, "h1.MOTHER=1;h1.MC_DOB=01/01/2026"),
        new("612", "h1.MC_DOB=01/01/2026", "01/01/2026", "h1.MC_DOB=01/01/2026;h1.MOTHER=1"),
        new("620", "h1.MOTHER=1;h1.DOB=02/04/2014", "02/04/2014", "h1.MOTHER=1;h1.DOB=01/04/2014"),
        new("621", "h1.MC_DOB=10/06/2013", "10/06/2013", "h1.MC_DOB=11/06/2013"),
        new("625", "h1.MC_DOB=01/04/2026", "01/04/2026", "h1.MC_DOB=31/03/2026"),
        new("625", "h1.MC_DOB=02/03/2026;e2.DEC=01/03/2026;e2.REC=E4A", "02/03/2026", "h1.MC_DOB=01/03/2026;e2.DEC=01/03/2026;e2.REC=E4A"),
        new("628", "h4.MOTHER=0", "0", "h4.MOTHER=0;-l1"),
        new("EPI", "-l1", "K4", "h4.UPN="),
        new("104", "u1.DUC=31/03/2025", "31/03/2025", "u1.DUC=01/04/2025"),
        new("104", "u1.DUC=18th birthday", "18th birthday", "u1.DUC="),
        new("304", "u1.DUC=16/08/2027", "16/08/2027", "u1.DUC=14/08/2027"),
        new("1014", "+u CHILD=K4,DUC=10/05/2024", "10/05/2024", "+u CHILD=K4,DUC=10/05/2024;-l1"),
        // ---- episodes
        new("141", "e1.DECOM=5/2/2024", "5/2/2024", "e1.DECOM=29/02/2024"),
        new("142", "e1.DEC=", "05/02/2024", "e1.DEC=11/09/2025"),
        new("143", "e1.RNE=X", "X", "e1.RNE=B"),
        new("144", "e1.LS=C9", "C9", "e1.LS=J3"),
        new("145", "e1.CIN=N9", "N9", "e1.CIN=N8"),
        new("146", "e1.PLACE=H5", "H5", "e1.PLACE=Z14"),
        new("147", "e1.DEC=2025-09-10", "2025-09-10", "e1.DEC=30/09/2025"),
        new("148", "e2.DEC=01/03/2026", "01/03/2026", "e2.DEC=01/03/2026;e2.REC=E4A"),
        new("149", "e5.REC=E43", "E43", "e5.REC=E48"),
        new("178", "e1.PLACE_PROVIDER=PR6", "PR6", "e1.PLACE_PROVIDER=PR5"),
        new("178", "e1.PLACE=T3", "PR1", "e1.PLACE=T4"),
        new("1009", "e1.REASON_PLACE_CHANGE=WHIM", "WHIM", "e1.REASON_PLACE_CHANGE=CUSTOD"),
        new("353", "e1.DECOM=13/10/1991", "13/10/1991", "e1.DECOM=14/10/1991"),
        new("354", "e2.DECOM=01/04/2026", "01/04/2026", "e2.DECOM=31/03/2026"),
        new("355", "e1.DECOM=10/09/2025", "10/09/2025", "e1.DECOM=09/09/2025"),
        new("356", "e1.DEC=04/02/2024", "04/02/2024", "e1.DEC=05/02/2024"),
        new("385", "e5.DEC=01/04/2026", "01/04/2026", "e5.DEC=31/03/2026"),
        new("446", "e4.DECOM=30/11/2005", "30/11/2005", "e4.DECOM=01/12/2005"),
        new("213", "e1.PLACE=T4", "PR1", "e1.PLACE=P1"),
        new("214", "e1.LS=V3", "CM2 2BB", "e1.LS=V4;e1.PL_POST=;e1.URN="),
        new("218", "e1.URN=", "U6", "e1.URN=;e1.PL_POST=CF10 1AA"),
        new("218", "e1.URN=;e1.DEC=01/04/2025", "U6", "e1.URN=;e1.DEC=31/03/2025"),
        new("222", "e1.PLACE=P1", "SC000001", "e1.PLACE=P1;e1.URN=XXXXXXX"),
        new("392b", "e1.HOME_POST=", "CM2 2BB", "e1.HOME_POST=;e1.LS=V3"),
        new("392c", "e1.PL_POST=CM2 2BC", "CM2 2BC", "e1.PL_POST=cm22bb"),
        new("392d", "e1.PL_POST=CM11AA", "CM1 1AA", "e1.PL_POST=CM11AA;e1.PLACE=P1"),
        new("398", "e1.LS=V3", "CM1 1AA", "e1.LS=V3;e1.HOME_POST=;e1.PL_POST="),
        new("526", "e1.PLACE_PROVIDER=", "U6", "e1.PLACE_PROVIDER=;e1.PLACE=T0"),
        new("527", "e1.PLACE=R5", "R5", "e1.PLACE=R5;e1.PLACE_PROVIDER=PR3"),
        new("528", "e1.PLACE=P1;e1.PLACE_PROVIDER=PR2", "P1", "e1.PLACE=R1;e1.PLACE_PROVIDER=PR2"),
        new("529", "e1.PLACE_PROVIDER=PR3", "U6", "e1.PLACE=R2;e1.PLACE_PROVIDER=PR3"),
        new("530", "e1.PLACE=P1;e1.PLACE_PROVIDER=PR4", "P1", "e1.PLACE=K2;e1.PLACE_PROVIDER=PR4"),
        new("531", "e1.PLACE=P1;e1.PLACE_PROVIDER=PR5", "P1", "e1.PLACE=K2;e1.PLACE_PROVIDER=PR5"),
        new("550", "e1.PLACE_PROVIDER=PR0", "U6", "e1.PLACE_PROVIDER=PR0;e1.PLACE=P1"),
        new("225", "e1.REASON_PLACE_CHANGE=", "10/09/2025", "e1.REASON_PLACE_CHANGE=;e2.PLACE=T1"),
        new("226", "e2.PLACE=T1", "CARPL", "e2.PLACE=T1;e1.REASON_PLACE_CHANGE="),
        new("233", "e2.REASON_PLACE_CHANGE=OTHER", "OTHER", "e2.REASON_PLACE_CHANGE=OTHER;e2.DEC=01/01/2026"),
        new("234", "h1.DOB=11/09/2015;e1.REASON_PLACE_CHANGE=CUSTOD", "CUSTOD", "h1.DOB=10/09/2015;e1.REASON_PLACE_CHANGE=CUSTOD"),
        new("217", "e5.RNE=P", "P", "e5.RNE=U"),
        new("336", "e4.PLACE=K2", "K2", "e4.PLACE=A6"),
        new("357", "e3.RNE=P", "P", "e3.RNE=P;e3.DECOM=31/03/2025"),
        new("380", "e2.PLACE=T0;e2.RNE=T", "T", "e2.PLACE=T0;e2.RNE=B"),
        new("381", "e5.PLACE=T0", "E11", "e4.PLACE=T0"),
        new("383", "e2.PLACE=T1;e2.PLACE_PROVIDER=;e2.URN=;e2.DEC=20/09/2025;e2.REC=X1;+e CHILD=K1,DECOM=20/09/2025,RNE=P,LS=C2,CIN=N1,PLACE=U4,PLACE_PROVIDER=PR1,HOME_POST=CM1 1AA,PL_POST=CM2 2BB,URN=SC000001", "U4", "e2.PLACE=T1;e2.PLACE_PROVIDER=;e2.URN=;e2.DEC=20/09/2025;e2.REC=X1;+e CHILD=K1,DECOM=20/09/2025,RNE=P,LS=C2,CIN=N1,PLACE=U6,PLACE_PROVIDER=PR1,HOME_POST=CM1 1AA,PL_POST=CM22BB,URN=SC000001"),
        new("383", "e2.PLACE=T1;e2.PLACE_PROVIDER=;e2.URN=;e2.DEC=20/09/2025;e2.REC=X1;+e CHILD=K1,DECOM=20/09/2025,RNE=P,LS=C2,CIN=N1,PLACE=U6,PLACE_PROVIDER=PR1,HOME_POST=CM1 1AA,PL_POST=CM9 9XX,URN=SC000001", "U6", "e2.PLACE=T1;e2.PLACE_PROVIDER=;e2.URN=;e2.DEC=20/09/2025;e2.REC=X1;+e CHILD=K1,DECOM=20/09/2025,RNE=P,LS=C2,CIN=N1,PLACE=U6,PLACE_PROVIDER=PR1,HOME_POST=CM1 1AA,PL_POST=CM2 2BB,URN=SC000001"),
        new("388", "e2.DEC=01/03/2026;e2.REC=X1", "X1", "e2.DEC=01/03/2026;e2.REC=E4A"),
        new("388", "e1.REC=E4A", "E4A", "e1.REC=E4A;e2.DECOM=11/09/2025"),
        new("431", "e2.RNE=S", "10/09/2025", "e2.RNE=S;e2.DECOM=11/09/2025"),
        new("432", "e1.REC=E4A", "P", "e1.REC=E4A;e2.RNE=S"),
        new("433", "e2.DECOM=11/09/2025", "11/09/2025", "e2.DECOM=11/09/2025;e2.RNE=S"),
        new("434", "e2.RNE=L", "C2", "e2.RNE=L;e2.LS=E1;e2.PL_POST=CM22BB;e2.URN=SC000001;e2.PLACE_PROVIDER=PR1"),
        new("435", "e2.LS=E1", "U6", "e2.PL_POST=CM2 2BB;e2.URN=SC000001"),
        new("435", "e2.PL_POST=CM22BB;e2.URN=SC000001;e2.PLACE_PROVIDER=PR1", "U6", "e2.PL_POST=CM2 2BB;e2.PLACE_PROVIDER=PR1"),
        new("436", "e2.RNE=B", "C2", "e2.RNE=B;e2.LS=E1"),
        new("437", "e1.REC=E2", "E2", "e2.DEC=01/01/2026;e2.REC=E2"),
        new("501", "e2.DECOM=09/09/2025", "09/09/2025", "e2.DECOM=11/09/2025"),
        new("504", "e2.CIN=N2", "N2", "e2.CIN=N2;e1.REC=E4A"),
        new("199", "e1.REC=E11", "10/09/2025", "e2.DEC=01/01/2026;e2.REC=E11"),
        new("199", "<e1.REC=E11", "10/09/2025", "<e1.REC=E8"),
        new("352", "h2.DOB=01/06/2007", "01/06/2025", "h2.DOB=02/06/2007"),
        new("358", "h1.DOB=06/02/2014;e1.LS=J1", "J1", "h1.DOB=05/02/2014;e1.LS=J1"),
        new("359", "h1.DOB=31/03/2008", "U6", "h1.DOB=01/04/2008"),
        new("359", "h2.DOB=31/03/2008", "U4", "h2.DOB=31/03/2008;e3.PLACE=K2"),
        new("371", "e3.PLACE=K3;h2.DOB=02/06/2009", "01/06/2025", "e3.PLACE=K3;h2.DOB=01/06/2009"),
        new("372", "e3.PLACE=R5;h2.DOB=02/06/2015", "01/06/2025", "e3.PLACE=R5;h2.DOB=01/06/2015"),
        new("373", "e3.PLACE=S1;h2.DOB=02/06/2021", "01/06/2025", "e3.PLACE=S1;h2.DOB=01/06/2021"),
        new("374", "e3.PLACE=P3;h2.DOB=02/06/2011", "01/06/2025", "e3.PLACE=P3;h2.DOB=01/06/2011"),
        new("386", "h3.DOB=15/01/2008", "E11", "h3.DOB=16/01/2008"),
        new("387", "e5.REC=E5;h3.DOB=16/01/2012", "E5", "e5.REC=E5;h3.DOB=15/01/2012"),
        new("389", "e5.REC=E7;h3.DOB=16/01/2010", "E7", "e5.REC=E7;h3.DOB=15/01/2010"),
        new("407", "e5.REC=E45;h3.DOB=15/01/2008", "E45", "e5.REC=E45;h3.DOB=16/01/2008"),
        new("460", "e5.REC=E17;h3.DOB=16/01/2008", "E17", "e5.REC=E17;h3.DOB=15/01/2008"),
        new("361", "e3.LS=L1;e3.DEC=05/06/2025;e3.REC=E4A", "01/06/2025", "e3.LS=L1;e3.DEC=04/06/2025;e3.REC=E4A"),
        new("361", "e3.LS=L1;e3.DEC=03/06/2025;e3.REC=X1;+e CHILD=K2,DECOM=03/06/2025,RNE=P,LS=L1,DEC=05/06/2025,REC=E4A", "01/06/2025|03/06/2025", "e3.LS=L1;e3.DEC=03/06/2025;e3.REC=E4A;+e CHILD=K2,DECOM=04/06/2025,RNE=S,LS=L1,DEC=06/06/2025,REC=E4A"),
        new("362", "e3.LS=L2;e3.DEC=23/06/2025;e3.REC=E4A", "01/06/2025", "e3.LS=L2;e3.DEC=22/06/2025;e3.REC=E4A"),
        new("363", "e3.LS=L3;e3.DEC=09/06/2025;e3.REC=E4A", "01/06/2025", "e3.LS=L3;e3.DEC=08/06/2025;e3.REC=E4A"),
        new("364", "e3.LS=J2;e3.DEC=23/06/2025;e3.REC=E4A", "01/06/2025", "e3.LS=J2;e3.DEC=22/06/2025;e3.REC=E4A"),
        new("365", "e3.LS=V3;e3.DEC=19/06/2025;e3.REC=E4A", "01/06/2025", "e3.LS=V3;e3.DEC=18/06/2025;e3.REC=E4A"),
        new("366", "e2.LS=V3", "P", "e2.LS=V3;e2.RNE=S"),
        new("367", "e3.LS=V3;e3.DEC=16/08/2025;e3.REC=E4A", "76 days", "e3.LS=V3;e3.DEC=15/08/2025;e3.REC=E4A"),
        new("375", "e3.PLACE=T1;e3.DEC=14/07/2025;e3.REC=X1", "01/06/2025", "e3.PLACE=T1;e3.DEC=13/07/2025;e3.REC=X1"),
        new("376", "e3.PLACE=T3;e3.DEC=23/06/2025;e3.REC=X1", "01/06/2025", "e3.PLACE=T3;e3.DEC=22/06/2025;e3.REC=X1"),
        new("379", "e3.PLACE=T4;e3.DEC=09/06/2025;e3.REC=X1", "01/06/2025", "e3.PLACE=T4;e3.DEC=08/06/2025;e3.REC=X1"),
        new("377", "+e CHILD=K1,DECOM=02/12/2024,PLACE=T3;+e CHILD=K1,DECOM=01/11/2025,PLACE=T3;+e CHILD=K1,DECOM=01/12/2025,PLACE=T3", "01/12/2025", "+e CHILD=K1,DECOM=01/12/2024,PLACE=T3;+e CHILD=K1,DECOM=01/11/2025,PLACE=T3;+e CHILD=K1,DECOM=01/12/2025,PLACE=T3"),
        new("378", "e1.PLACE=P1;e1.LS=V2", "V2", "e1.PLACE=P1"),
        new("382", "e1.LS=V3;e1.PLACE=T0", "T0", "e1.LS=C1;e1.PLACE=T0"),
        new("384", "e1.LS=V4;e1.PLACE=U1", "U1", "e1.LS=V4;e1.PLACE=U2"),
        new("390", "e5.PLACE=U6", "U6", "e5.PLACE=A3"),
        new("408", "e5.LS=C2", "C2", "e5.LS=C2;e5.PLACE=A4"),
        new("426", "e1.LS=V3;e2.LS=V4", "V3|V4", "e1.LS=V3;e2.LS=V3"),
        new("516", "e5.REC=E45", "A5", "e5.REC=E45;e5.PLACE=U1"),
        new("630", "-v2", "S", "v2.PREV_PERM=P1;v2.LA_PERM=823;v2.DATE_PERM=ZZ/ZZ/2015"),
        // ---- OC2
        new("157", "c1.SDQ_SCORE=;c1.SDQ_REASON=SDQ1", "SDQ1", "c1.SDQ_SCORE=;c1.SDQ_REASON=SDQ1;c1.DOB=31/03/2009"),
        new("180", "c1.SDQ_SCORE=41", "41", "c1.SDQ_SCORE=40"),
        new("185", "e1.DECOM=02/04/2025", "12", "e1.DECOM=01/04/2025"),
        new("186", "c1.SDQ_SCORE=", null, "c1.SDQ_SCORE=;c1.DOB=02/04/2021"),
        new("188", "c1.DOB=01/04/2022", "12", "c1.DOB=31/03/2022"),
        new("189", "c1.DOB=01/04/2008", "12", "c1.DOB=02/04/2008"),
        new("196", "c1.SDQ_REASON=SDQ6", "SDQ6", "c1.SDQ_REASON=SDQ5"),
        new("197a", "c1.SDQ_REASON=SDQ2", "SDQ2", "c1.SDQ_SCORE=;c1.SDQ_REASON=SDQ2"),
        new("197B", "c1.SDQ_SCORE=;c1.DOB=31/03/2022", null, "c1.SDQ_SCORE=;c1.DOB=01/04/2022"),
        new("198", "c1.SDQ_REASON=SDQ2;e1.DECOM=02/04/2025", "SDQ2", "c1.SDQ_REASON=SDQ2;e1.DECOM=01/04/2025"),
        new("158", "c1.SUBSTANCE_MISUSE=1;c1.INTERVENTION_RECEIVED=1;c1.INTERVENTION_OFFERED=0", "0", "c1.SUBSTANCE_MISUSE=1;c1.INTERVENTION_RECEIVED=0;c1.INTERVENTION_OFFERED=0"),
        new("159", "c1.SUBSTANCE_MISUSE=1;c1.INTERVENTION_RECEIVED=0", null, "c1.SUBSTANCE_MISUSE=1;c1.INTERVENTION_RECEIVED=0;c1.INTERVENTION_OFFERED=1"),
        new("181", "c1.TEETH_CHECK=2", "2", "c1.TEETH_CHECK=0"),
        new("182", "c1.TEETH_CHECK=", "0", "c1.TEETH_CHECK=;c1.CONVICTED="),
        new("190", "e1.DECOM=02/04/2025", "0", "e1.DECOM=01/04/2025"),
        new("191", "c1.IMMUNISATIONS=", null, "c1.IMMUNISATIONS=;e1.DECOM=02/04/2025"),
        new("191", "-c1", "K1", "-c1;e1.DECOM=02/04/2025"),
        new("192", "c1.SUBSTANCE_MISUSE=1", null, "c1.SUBSTANCE_MISUSE=1;c1.INTERVENTION_RECEIVED=1"),
        new("193", "c1.INTERVENTION_RECEIVED=0", "0", "c1.INTERVENTION_RECEIVED=0;c1.SUBSTANCE_MISUSE=1"),
        new("215", "+l CHILD=K1,IN_TOUCH=YES", "0", "+l CHILD=K1"),
        new("542", "c1.DOB=01/04/2016", "0", "c1.DOB=31/03/2016"),
        new("543", "c1.CONVICTED=", null, "c1.CONVICTED=;c1.DOB=01/04/2016"),
        new("544", "c1.TEETH_CHECK=", "0", "c1.TEETH_CHECK=;c1.CONVICTED="),
        new("545", "c1.DOB=01/04/2021", null, "c1.DOB=31/03/2021"),
        new("546", "c1.HEALTH_CHECK=1", "1", "c1.HEALTH_CHECK=1;c1.DOB=01/04/2021"),
        new("547", "c1.HEALTH_CHECK=1;c1.IMMUNISATIONS=", "1", "c1.HEALTH_CHECK=1"),
        // ---- OC3
        new("131", "l1.IN_TOUCH=MAYBE", "MAYBE", "l1.IN_TOUCH=NO"),
        new("132", "l1.ACTIV=F3", "F3", "l1.ACTIV=F5"),
        new("133", "l1.ACCOM=S1", "S1", "l1.ACCOM=S2"),
        new("153", "l1.ACTIV=", "YES", "l1.IN_TOUCH=DIED;l1.ACTIV=;l1.ACCOM="),
        new("344", "l1.IN_TOUCH=DIED", "F2", "l1.IN_TOUCH=DIED;l1.ACTIV=0;l1.ACCOM=0"),
        new("345", "l1.ACTIV=0", "0", "l1.IN_TOUCH=NO;l1.ACTIV=0"),
        new("347", "l1.ACCOM=T1;l1.DOB=02/04/2007", "T1", "l1.ACCOM=T1;l1.DOB=01/04/2007"),
        new("391", "l1.DOB=01/04/2009", "01/04/2009", "l1.DOB=31/03/2009"),
        new("1000", "+e CHILD=K4,DECOM=01/05/2025,DEC=01/06/2025,REC=E2", "YES", "+e CHILD=K4,DECOM=01/05/2025,DEC=01/06/2025,REC=E8"),
        new("1007", "l1.DOB=01/04/2007;+e CHILD=K4,DECOM=01/02/2025", "YES", "l1.DOB=31/03/2007;+e CHILD=K4,DECOM=01/02/2025"),
        new("1011", "+e CHILD=K4,DECOM=01/05/2025,DEC=01/06/2025,REC=E3", "YES", "+e CHILD=K4,DECOM=01/05/2025,DEC=01/06/2025,REC=E8"),
        new("1016", "l1.DOB=01/06/2008;+e CHILD=K4,DECOM=01/05/2025,DEC=01/06/2025,REC=E8", "YES", "l1.DOB=01/06/2008;+e CHILD=K4,DECOM=01/05/2025,DEC=31/05/2025,REC=E8"),
        new("3001", "l1.ACCOM=Z1;l1.DOB=31/03/2009", "Z1", "l1.ACCOM=Z1;l1.DOB=01/04/2009"),
        new("1012", "+r CHILD=K4,REVIEW=01/05/2025", "K4", "+r CHILD=K4,REVIEW=01/05/2025;+e CHILD=K4,DECOM=01/05/2025"),
        // ---- adoption
        new("112", "a1.DATE_INT=May 2024", "May 2024", "a1.DATE_INT=19/05/2024"),
        new("113", "a1.DATE_MATCH=1/6/25", "1/6/25", "a1.DATE_MATCH="),
        new("114", "a1.FOSTER_CARE=2", "2", "a1.FOSTER_CARE=0"),
        new("134", "+l CHILD=K3,IN_TOUCH=YES", "20/05/2024", "+l CHILD=K3"),
        new("151", "a1.NB_ADOPTR=", "20/05/2024", "a1.DATE_INT=;a1.DATE_MATCH=;a1.FOSTER_CARE=;a1.NB_ADOPTR=;a1.SEX_ADOPTR=;a1.LS_ADOPTR="),
        new("175", "a1.NB_ADOPTR=3", "3", "a1.NB_ADOPTR=1"),
        new("176", "a1.SEX_ADOPTR=XX", "XX", "a1.SEX_ADOPTR=M1"),
        new("177", "a1.LS_ADOPTR=L1", "L1", "a1.LS_ADOPTR=L4"),
        new("187", "+l CHILD=K1,IN_TOUCH=YES", "YES", "+l CHILD=K1,IN_TOUCH=YES;e1.DECOM=02/04/2025"),
        new("187", "+a CHILD=K1,DATE_INT=01/05/2025", "01/05/2025", "+a CHILD=K1"),
        new("331", "a1.DATE_MATCH=02/07/2025", "02/07/2025", "a1.DATE_MATCH=01/07/2025"),
        new("333", "a1.DATE_MATCH=19/05/2024", "20/05/2024", "a1.DATE_MATCH=20/05/2024"),
        new("334", "e4.RNE=S;a1.DATE_INT=31/05/2024", "31/05/2024", "e4.RNE=S;a1.DATE_INT=01/06/2024"),
        new("335", "a1.FOSTER_CARE=0", "0", "a1.FOSTER_CARE=0;e5.PLACE=A6"),
        new("335", "e5.PLACE=A4", "1", "e5.PLACE=A3"),
        new("511", "a1.SEX_ADOPTR=M1", "M1", "a1.SEX_ADOPTR=FF"),
        new("514", "a1.LS_ADOPTR=L0", "MF", "a1.LS_ADOPTR=L0;a1.SEX_ADOPTR=M1"),
        new("517", "a1.LS_ADOPTR=L3;a1.SEX_ADOPTR=MM", "MM", "a1.LS_ADOPTR=L3"),
        new("518", "a1.LS_ADOPTR=L4", "MF", "a1.LS_ADOPTR=L4;a1.SEX_ADOPTR=FF"),
        new("519", "a1.LS_ADOPTR=L2;a1.SEX_ADOPTR=F1", "F1", "a1.LS_ADOPTR=L2"),
        new("520", "a1.SEX_ADOPTR=FF", "FF", "a1.SEX_ADOPTR=FF;a1.LS_ADOPTR=L12"),
        new("521", "a1.DATE_INT=02/07/2025", "02/07/2025", "a1.DATE_INT=01/07/2025"),
        new("523", "a1.DATE_INT=21/05/2024", "21/05/2024", "a1.DATE_INT=21/05/2024;p1.DATE_PLACED=21/05/2024"),
        new("524", "a1.LS_ADOPTR=L12", "MF", "a1.LS_ADOPTR=L12;a1.SEX_ADOPTR=MM"),
        new("525", "p1.DATE_PLACED_CEASED=01/09/2025", "20/05/2024", "p1.DATE_PLACED_CEASED=01/09/2025;+p CHILD=K3,DATE_PLACED=01/10/2025"),
        new("582", "a1.DATE_MATCH=15/01/2026", "15/01/2026", "a1.DATE_MATCH=14/01/2026"),
        new("601", "a1.LS_ADOPTR=", "E11", "a1.LS_ADOPTR=;e5.DEC=01/04/2026"),
        new("601", "-a1", "E11", "-a1;e5.REC=E8"),
        new("602", "e5.REC=E8", "K3", "e5.REC=E12"),
        new("115", "p1.DATE_PLACED=20.05.2024", "20.05.2024", "p1.DATE_PLACED="),
        new("116", "p1.DATE_PLACED_CEASED=soon", "soon", "p1.DATE_PLACED_CEASED=01/09/2025"),
        new("117", "p1.DATE_PLACED=16/01/2026", "16/01/2026", "p1.DATE_PLACED=15/01/2026"),
        new("117", "e5.DEC=;e5.REC=;p1.DATE_PLACED=01/04/2026", "01/04/2026", "e5.DEC=;e5.REC=;p1.DATE_PLACED=31/03/2026"),
        new("118", "p1.DATE_PLACED_CEASED=31/03/2025", "31/03/2025", "p1.DATE_PLACED_CEASED=01/04/2025"),
        new("119", "p1.DATE_PLACED_CEASED=01/09/2025", "01/09/2025", "p1.DATE_PLACED_CEASED=01/09/2025;p1.REASON_PLACED_CEASED=RD1"),
        new("120", "p1.REASON_PLACED_CEASED=XXX", "XXX", "p1.REASON_PLACED_CEASED=RD4"),
        new("184", "p1.DATE_PLACED=19/02/2022", "19/02/2022", "p1.DATE_PLACED=20/02/2022"),
        new("522", "p1.DATE_PLACED_CEASED=19/05/2024", "20/05/2024", "p1.DATE_PLACED_CEASED=20/05/2024"),
        new("551", "p1.DATE_PLACED=", "A5", "p1.DATE_PLACED=;e5.PLACE=U6"),
        new("552", "p1.DATE_PLACED=02/07/2025", "02/07/2025", "p1.DATE_PLACED=01/07/2025"),
        new("553", "-p1", "01/06/2024|01/07/2025", "-p1;e4.LS=C2;e5.LS=C2"),
        new("553", "e5.DEC=;e5.REC=;p1.DATE_PLACED_CEASED=01/09/2025", "01/09/2025", "p1.DATE_PLACED_CEASED=01/09/2025"),
        new("554", "p1.DATE_PLACED=02/06/2024", "02/06/2024", "p1.DATE_PLACED=01/06/2024"),
        new("557", "e5.REC=E4A", "E4A", "e5.REC=E4A;p1.DATE_PLACED_CEASED=01/09/2025;p1.REASON_PLACED_CEASED=RD1"),
        new("558", "p1.DATE_PLACED_CEASED=01/09/2025", "E11", "p1.REASON_PLACED_CEASED=RD1"),
        new("563", "p1.DATE_PLACED=;p1.DATE_PLACED_CEASED=01/09/2025;p1.REASON_PLACED_CEASED=RD1", "01/09/2025", "p1.DATE_PLACED=;p1.DATE_PLACED_CEASED=01/09/2025"),
        new("579", "p1.DATE_PLACED_CEASED=01/09/2025;+p CHILD=K3,DATE_PLACED=31/08/2025", "31/08/2025", "p1.DATE_PLACED_CEASED=01/09/2025;+p CHILD=K3,DATE_PLACED=01/09/2025"),
        new("583", "+p CHILD=K3,DATE_PLACED=31/08/2025", "20/05/2024", "+p CHILD=K3,DATE_PLACED=31/08/2025;p1.DATE_PLACED_CEASED=30/08/2025"),
        new("1003", "e4.RNE=S", "20/05/2024", "e4.RNE=S;e4.DECOM=20/05/2024"),
        // ---- reviews, previous permanence, missing periods
        new("166", "r1.REVIEW=", null, "r1.REVIEW=31/03/2026"),
        new("167", "r1.REVIEW_CODE=PN8", "PN8", "r1.REVIEW_CODE=PN7"),
        new("167", "r1.REVIEW_CODE=", null, "r1.REVIEW_CODE=;r1.REVIEW="),
        new("440", "r2.REVIEW=20/02/2026", "20/02/2026", "r2.REVIEW=19/02/2026"),
        new("441", "r2.REVIEW=19/02/2026;r2.REVIEW_CODE=PN1", "19/02/2026", "r2.REVIEW=20/02/2026;r2.REVIEW_CODE=PN1"),
        new("631", "v1.PREV_PERM=P5", "P5", "v1.PREV_PERM=P4"),
        new("632", "v2.DATE_PERM=01/06/2025", "01/06/2025", "v2.DATE_PERM=31/05/2025"),
        new("632", "v2.DATE_PERM=01/ZZ/2015", "01/ZZ/2015", "v2.DATE_PERM=ZZ/ZZ/2025"),
        new("632", "v2.DATE_PERM=ZZ/ZZ/15", "ZZ/ZZ/15", "v2.DATE_PERM=ZZ/ZZ/ZZZZ"),
        new("633", "v1.LA_PERM=111", "111", "v1.LA_PERM=WAL"),
        new("634", "-e2;e1.DECOM=31/03/2016", "Z1", "-e2;e1.DECOM=01/04/2016"),
        new("635", "v1.LA_PERM=823", "823", "v1.LA_PERM=823;v1.PREV_PERM=P2"),
        new("564", "m1.MIS_START=", "M", "m1.MIS_START=;m1.MISSING="),
        new("565", "m1.MISSING=", "01/06/2025", "m1.MISSING=;m1.MIS_START="),
        new("566", "m1.MISSING=", "03/06/2025", "m1.MISSING=;m1.MIS_END="),
        new("567", "m1.MIS_END=31/05/2025", "31/05/2025", "m1.MIS_END=01/06/2025"),
        new("570", "m1.MIS_START=01/04/2026", "01/04/2026", "m1.MIS_START=31/03/2026"),
        new("571", "m1.MIS_END=01/04/2026", "01/04/2026", "m1.MIS_END=31/03/2026"),
        new("571", "m1.MIS_END=31/03/2025", "31/03/2025", "m1.MIS_END=01/04/2025"),
        new("574", "+m CHILD=K1,MISSING=A,MIS_START=02/06/2025", "02/06/2025", "+m CHILD=K1,MISSING=A,MIS_START=03/06/2025"),
        new("575", "m1.MIS_END=", "01/06/2025", "m1.MIS_END=;m1.MIS_START=11/09/2025"),
        new("577", "e2.DEC=01/03/2026;e2.REC=E4A;m1.MIS_END=", "01/06/2025", "e2.DEC=01/03/2026;e2.REC=E4A;m1.MIS_END=01/03/2026"),
        new("578", "e2.DEC=01/03/2026;e2.REC=E4A;m1.MIS_START=02/03/2026", "02/03/2026", "e2.DEC=01/03/2026;e2.REC=E4A;m1.MIS_START=01/03/2026"),
        new("580", "h1.DOB=01/03/2008;e2.DEC=01/03/2026;e2.REC=E4A;m1.MIS_END=01/03/2026", "E4A", "h1.DOB=01/03/2008;e2.DEC=01/03/2026;e2.REC=E8;m1.MIS_END=01/03/2026"),
        new("581", "m1.MIS_START=04/02/2024", "04/02/2024", "m1.MIS_START=05/02/2024"),
        new("586", "m1.MIS_START=09/06/2013", "09/06/2013", "m1.MIS_START=10/06/2013"),
        new("1004", "m1.MIS_START=32/06/2025", "32/06/2025", "m1.MIS_START=30/06/2025"),
        new("1005", "m1.MIS_END=x", "x", "m1.MIS_END="),
        new("1006", "m1.MISSING=X", "X", "m1.MISSING=A"),
        // ---- social workers
        new("SW01aSTG1", "s1.SW_DECOM=31/03/2023;s1.SW_ID=", "31/03/2023", "s1.SW_DECOM=31/03/2023;s1.SW_REASON="),
        new("SW01bSTG1", "s1.SW_DECOM=01/04/2023;s1.SW_REASON=", "01/04/2023", "s1.SW_DECOM=31/03/2023;s1.SW_REASON="),
        new("SW01bSTG1", "s1.SW_DECOM=", null, "s1.SW_DECOM=01/04/2023"),
        new("SW02STG1", "s1.SW_ID=ZZ1", "ZZ1", "s1.SW_ID=XX1"),
        new("SW04STG1", "s1.SW_DECOM=5 Feb", "5 Feb", "s1.SW_DECOM=29/02/2024"),
        new("SW05STG1", "s1.SW_DEC=31/11/2025", "31/11/2025", "s1.SW_DEC=30/11/2025"),
        new("SW06STG2", "s1.SW_DECOM=01/04/2026", "01/04/2026", "s1.SW_DECOM=31/03/2026"),
        new("SW07STG2", "s1.SW_DEC=31/03/2024", "31/03/2024", "s1.SW_DEC=01/04/2024"),
        new("SW07STG2", "s1.SW_DEC=01/04/2026", "01/04/2026", "s1.SW_DEC=31/03/2026"),
        new("SW08STG2", "+s CHILD=K1,SW_ID=SW9,SW_DECOM=01/01/2026,SW_REASON=OTHERS", "01/01/2026", "+s CHILD=K1,SW_ID=SW9,SW_DECOM=01/01/2026,SW_REASON=OTHERS;s1.SW_DEC=01/01/2026"),
        new("SW09STG2", "s1.SW_DEC=05/02/2024", "05/02/2024", "s1.SW_DEC=06/02/2024"),
        new("SW10STG2", "+s CHILD=K1,SW_ID=SW9,SW_DECOM=01/01/2026,SW_REASON=OTHERS;s1.SW_DEC=02/01/2026", "01/01/2026", "+s CHILD=K1,SW_ID=SW9,SW_DECOM=01/01/2026,SW_REASON=OTHERS;s1.SW_DEC=01/01/2026"),
        new("SW11bSTG2", "s1.SW_DEC=30/03/2026", "30/03/2026", "s1.SW_DEC=31/03/2026"),
        new("SW12STG2", "s1.SW_DECOM=02/04/2025", "02/04/2025", "s1.SW_DECOM=01/04/2025"),
        new("SW12STG2", "-s2", null, "-s2;e3.DEC=31/03/2026;e3.REC=E8"),
        new("SW13STG1", "s1.SW_REASON=SWLAZY", "SWLAZY", "s1.SW_REASON=OTHERS"),
        new("SW17STG2", "s1.SW_DEC=30/03/2026", "30/03/2026", "+s CHILD=K1,SW_ID=SW9,SW_DECOM=01/01/2026,SW_REASON=OTHERS;s1.SW_DEC=01/01/2026"),
        // ---- last year
        new("202", "<h1.SEX=M", "F", "<h1.SEX=2"),
        new("203", "<h1.DOB=11/06/2013", "10/06/2013", "<h1.DOB=10/06/2013 00:00:00"),
        new("204", "<h1.ETHNIC=NOBT", "WBRI", "<h1.ETHNIC=wbri"),
        new("207", "<h1.MOTHER=1", "0", "<h1.MOTHER=1;h1.MOTHER=1"),
        new("208", "<h1.UPN=D123456789012", "A123456789012", "<h1.UPN=UN2"),
        new("208", "<h1.UPN=UN2;h1.UPN=UN3", "UN3", "<h1.UPN=UN1;h1.UPN=UN3"),
        new("624", "<h1.MC_DOB=01/01/2025", null, "<h1.MC_DOB=01/01/2025;h1.MC_DOB=01/01/2025"),
        new("626", "h1.MOTHER=1;h1.MC_DOB=31/03/2025", "31/03/2025", "h1.MOTHER=1;h1.MC_DOB=01/04/2025"),
        new("205A", "<+u CHILD=K1,DUC=01/04/2025", "K1", "<+u CHILD=K1,DUC=31/03/2025"),
        new("205B", "<+h CHILD=K2,SEX=M,DOB=15/08/2009,ETHNIC=AOTH,UPN=B123456789012;<+u CHILD=K2,DUC=14/08/2027", null, "<+h CHILD=K2,SEX=M,DOB=15/08/2009,ETHNIC=AOTH,UPN=B123456789012;<+u CHILD=K2,DUC=15/08/2027"),
        new("205D", "<+h CHILD=K2,SEX=M", "K2", "<+h CHILD=K2,SEX=M,DOB=15/08/2009,ETHNIC=AOTH,UPN=B123456789012;<+u CHILD=K2,DUC=15/08/2027"),
        new("502", "e1.DECOM=06/02/2024", "06/02/2024", "e1.DECOM=06/02/2024;<e1.DEC=31/03/2025"),
        new("503A", "<e1.RNE=P", "S", "<e1.RNE=P;<e1.DEC=31/03/2025"),
        new("503B", "<e1.LS=C1", "C2", "<e1.LS=C1;<e1.DEC=31/03/2025"),
        new("503C", "<e1.CIN=N2", "N1", "<e1.CIN=N2;<e1.DEC=31/03/2025"),
        new("503D", "<e1.PLACE=H5;e1.PLACE=K3", "K3", "<e1.PLACE=K3;e1.PLACE=K3"),
        new("503E", "<e1.PLACE_PROVIDER=PR4", "PR1", "<e1.PLACE_PROVIDER=PR4;<e1.DEC=31/03/2025"),
        new("503F", "<e1.URN=SC000009", "SC000001", "<e1.URN=sc000001"),
        new("562", "<e1.DECOM=04/02/2024", "05/02/2024", "<e1.DECOM=04/02/2024;e1.DECOM=01/04/2025"),
        new("NoE", "<-e1", "05/02/2024", "<-e1;e1.DECOM=01/04/2025"),
        new("559", "<-p1", "20/05/2024", "<-p1;p1.DATE_PLACED=01/04/2025"),
        new("560", "p1.DATE_PLACED=21/05/2024", "21/05/2024", "p1.DATE_PLACED=21/05/2024;<p1.DATE_PLACED_CEASED=31/03/2025"),
        new("561", "<p1.DATE_PLACED_CEASED=31/03/2025", "20/05/2024", "<p1.DATE_PLACED_CEASED=31/03/2025;p1.DATE_PLACED=21/05/2024"),
        new("584", "<p1.DATE_PLACED_CEASED=31/03/2025", "20/05/2024", "<p1.DATE_PLACED_CEASED=31/03/2025;p1.DATE_PLACED=21/05/2024"),
        new("576", "<+m CHILD=K1,MISSING=M,MIS_START=30/03/2025", "30/03/2025", "<+m CHILD=K1,MISSING=M,MIS_START=30/03/2025;+m CHILD=K1,MISSING=M,MIS_START=30/03/2025"),
        new("348", "<+l CHILD=K4,IN_TOUCH=DIED", "YES", "<+l CHILD=K4,IN_TOUCH=DIED;l1.IN_TOUCH=DIED"),
        new("1000", "<e3.REC=E2", "YES", "<e3.REC=E3"),
        new("1001", "<e3.DEC=09/05/2022", "YES", "<e3.DEC=11/05/2022"),
        new("1001", "<e3.REC=E12", "YES", "<e3.REC=E8"),
        new("1002", "<-e3", "YES", "<-e3;+e CHILD=K4,DECOM=01/05/2025"),
        new("1010", "<e3.DEC=;<e3.REC=", "YES", "<e3.DEC=31/03/2025"),
        // ---- the tables with each other
        new("INT03", "+e CHILD=K9", "K9", "+e CHILD=K9;+h CHILD=K9"),
        new("INT32", "+h CHILD=k1", "K1|k1", "+h CHILD=K11"),
        new("INT21", "u1.SEX=F", "F", "u1.SEX="),
        new("INT01", "+a CHILD=K9", "K9", "+a CHILD=K9;+h CHILD=K9"),
        new("INT02", "+p CHILD=K9", "K9", "+p CHILD=K9;+h CHILD=K9"),
        new("INT04", "+m CHILD=K9", "K9", "+m CHILD=K9;+h CHILD=K9"),
        new("INT05", "+c CHILD=K9", "K9", "+c CHILD=K9;+h CHILD=K9"),
        new("INT06", "+l CHILD=K9", "K9", "+l CHILD=K9;+h CHILD=K9"),
        new("INT07", "+v CHILD=K9", "K9", "+v CHILD=K9;+h CHILD=K9"),
        new("INT08", "+r CHILD=K9", "K9", "+r CHILD=K9;+h CHILD=K9"),
        new("INT09", "+u CHILD=K9", "K9", "+u CHILD=K9;+h CHILD=K9"),
        new("INT11", "+a CHILD=K1,DOB=11/06/2013", "11/06/2013", "+a CHILD=K1,DOB=10/06/2013"),
        new("INT12", "+p CHILD=K1,DOB=11/06/2013", "11/06/2013", "+p CHILD=K1,DOB=10/06/2013"),
        new("INT13", "+m CHILD=K1,DOB=11/06/2013", "11/06/2013", "+m CHILD=K1,DOB=10/06/2013"),
        new("INT14", "+c CHILD=K1,DOB=11/06/2013", "11/06/2013", "+c CHILD=K1,DOB=10/06/2013"),
        new("INT15", "+l CHILD=K1,DOB=11/06/2013", "11/06/2013", "+l CHILD=K1,DOB=10/06/2013"),
        new("INT16", "+v CHILD=K1,DOB=11/06/2013", "11/06/2013", "+v CHILD=K1,DOB=10/06/2013"),
        new("INT17", "+r CHILD=K1,DOB=11/06/2013", "11/06/2013", "+r CHILD=K1,DOB=10/06/2013"),
        new("INT18", "+u CHILD=K1,DOB=11/06/2013", "11/06/2013", "+u CHILD=K1,DOB=10/06/2013"),
        new("INT31", "+a CHILD=K9;+a CHILD=K9", "K9|K9", "+a CHILD=K9;+a CHILD=K8"),
        new("INT33", "+c CHILD=K9;+c CHILD=K9", "K9|K9", "+c CHILD=K9;+c CHILD=K8"),
        new("INT34", "+l CHILD=K9;+l CHILD=K9", "K9|K9", "+l CHILD=K9;+l CHILD=K8"),
        new("INT35", "+v CHILD=K9;+v CHILD=K9", "K9|K9", "+v CHILD=K9;+v CHILD=K8"),
        new("INT36", "+u CHILD=K9;+u CHILD=K9", "K9|K9", "+u CHILD=K9;+u CHILD=K8"),
    ];

    private const string Xml = """
        <EXPSSDA903><CHILD>
          <HEADER><CHILDID>K1</CHILDID><UPN>A123456789012</UPN><SEX>F</SEX><DOB>10/06/2013</DOB><ETHNIC>WBRI</ETHNIC><UASC>0</UASC><MOTHER>0</MOTHER>DUC</HEADER>
          <EPISODE><DECOM>05/02/2024</DECOM><RNE>S</RNE><LS>C2</LS><CIN>N1</CIN><PL>U6</PL><PLACE_PROVIDER>PR1</PLACE_PROVIDER><HOME_POST>CM1 1AA</HOME_POST><PL_POST>CM2 2BB</PL_POST><URN>SC000001</URN></EPISODE>
        </CHILD></EXPSSDA903>
        """;

    public static TheoryData<int, string> Indexes => [.. Cases.Select((c, index) => (index, c.Rule))];

    private static string?[] Values(string changes, string rule)
    {
        var (now, last) = Ssda903File.Changed(changes);
        return [.. Ssda903Validator.Run(now, 2026, last).Findings.Where(finding => finding.Rule.Code == rule).Select(finding => finding.Value)];
    }

    [Fact]
    public void The_valid_return_raises_nothing()
    {
        var (now, last) = Ssda903File.Changed("");

        var validator = Ssda903Validator.Run(now, 2026, last);

        Assert.Empty(validator.Findings.Select(finding => $"{finding.Rule.Code} {finding.Child} {finding.Value}"));
        Assert.Equal(4, validator.Children);
    }

    [Theory]
    [MemberData(nameof(Indexes))]
    public void A_return_that_breaks_the_rule_is_found_and_one_at_its_edge_is_not(int index, string rule)
    {
        var tested = Cases[index];

        var expected = tested.Found is { } found ? found.Split('|') : new string?[] { null };

        Assert.Equal(expected, Values(tested.Fails, rule));
        Assert.Empty(Values(tested.Boundary, rule));
    }

    [Fact]
    public void Every_listed_rule_is_checked_or_named_as_not_checked()
    {
        var (now, last) = Ssda903File.Changed("");
        var validator = Ssda903Validator.Run(now, 2026, last);
        var named = validator.NotChecked.Select(rule => rule.Rule).ToHashSet();
        var tested = Cases.Select(c => c.Rule).ToHashSet();

        Assert.Equal(311, validator.Rules.Count);
        Assert.Empty(validator.Rules.Select(rule => rule.Code).Except(named).Except(tested));
        Assert.Empty(Ssda903Rules.OnChildren.Keys.Except(validator.Rules.Select(rule => rule.Code)));
        Assert.Equal(32, Ssda903Rules.NotFromTheFile.Count);
        Assert.Equal(["105", "205C", "303", "392c"], named.Except(Ssda903Rules.NotFromTheFile.Keys).Order(StringComparer.Ordinal));
        // From 2026-27 those about deprivation of liberty are listed too, and named as not checked.
        var next = Ssda903Validator.Run(now, 2027, last);
        Assert.Equal(322, next.Rules.Count);
        Assert.Equal(Enumerable.Range(700, 11).Select(code => $"{code}"), next.NotChecked.Select(rule => rule.Rule).Except(named).Order(StringComparer.Ordinal));
        Assert.Empty(Ssda903Rules.NotFromTheFile.Keys.Intersect(Ssda903Rules.OnChildren.Keys));
        Assert.DoesNotContain(validator.NotChecked, rule => rule.Reason.Contains("no check", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("105", "<UASC>0</UASC>", "<UASC>2</UASC>", "2")]
    [InlineData("303", "DUC", "<DUC>10/06/2031</DUC>", "10/06/2031")]
    [InlineData("205C", "DUC", "<DUC>10/06/2031</DUC>", "0")]
    public async Task Rules_about_the_status_of_unaccompanied_children_are_asked_of_the_XML_form(string rule, string from, string to, string value)
    {
        Assert.Empty(await Found(Xml.Replace("DUC", "", StringComparison.Ordinal)));
        Assert.Equal([value], await Found(Xml.Replace(from, to, StringComparison.Ordinal)));
        // At the edge: the same date for a child who is unaccompanied, or the other valid status.
        Assert.Empty(await Found(Xml.Replace(from, to == "<UASC>2</UASC>" ? "<UASC>1</UASC>" : to, StringComparison.Ordinal).Replace("<UASC>0", "<UASC>1", StringComparison.Ordinal)));

        async Task<string?[]> Found(string xml)
        {
            var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".xml");
            await File.WriteAllTextAsync(path, xml.Replace("DUC</HEADER>", "</HEADER>", StringComparison.Ordinal));
            try
            {
                var validator = Ssda903Validator.Run(Ssda903Reader.Read(path), 2026, Ssda903File.LastYear().Read());
                Assert.DoesNotContain(validator.NotChecked, n => n.Rule == rule);
                return [.. validator.Findings.Where(finding => finding.Rule.Code == rule).Select(finding => finding.Value)];
            }
            finally
            {
                File.Delete(path);
            }
        }
    }

    [Fact]
    public void Without_last_year_the_rules_that_compare_are_named_as_not_checked()
    {
        var validator = Ssda903Validator.Run(Ssda903File.Valid().Read(), 2026);

        var reasons = validator.NotChecked.Where(rule => rule.Reason.Contains("last year", StringComparison.Ordinal)).Select(rule => rule.Rule).ToHashSet();
        Assert.Superset(new HashSet<string> { "202", "205A", "348", "502", "503A", "503D", "560", "576", "1001", "1002", "NoE" }, reasons);
        Assert.Empty(validator.Findings);
    }

    [Fact]
    public void Without_a_table_its_rules_are_named_as_not_checked()
    {
        var validator = Ssda903Validator.Run(Ssda903File.Valid().Read(table => table is Ssda903Table.Header or Ssda903Table.Episodes), 2026);

        Assert.Contains(validator.NotChecked, rule => rule is { Rule: "601", Reason: "The return has no AD1 table." });
        Assert.Contains(validator.NotChecked, rule => rule is { Rule: "191", Reason: "The return has no OC2 table." });
        Assert.DoesNotContain(validator.NotChecked, rule => rule.Rule is "141" or "302" or "442");
    }

    [Fact]
    public void A_rule_that_stops_with_an_error_is_named_as_not_checked_and_the_others_go_on()
    {
        var rules = new Dictionary<string, ChildRule>(Ssda903Rules.OnChildren) { ["101"] = (c, _, _) => throw new InvalidOperationException(c.Id) };
        var (now, _) = Ssda903File.Changed("h1.ETHNIC=WHIT;h1.SEX=X");

        var validator = Ssda903Validator.Run(now, 2026, null, null, rules);

        Assert.Equal(["103"], validator.Findings.Select(finding => finding.Rule.Code));
        var stopped = Assert.Single(validator.NotChecked, rule => rule.Rule == "101");
        Assert.Contains("InvalidOperationException", stopped.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("K1", stopped.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_without_a_child_and_a_birth_date_no_rule_judges_are_found_all_the_same()
    {
        var (now, last) = Ssda903File.Changed("+r DOB=10/06/2013,REVIEW=01/05/2025,REVIEW_CODE=PN1;c1.DOB=10 June");

        var found = Ssda903Validator.Run(now, 2026, last).Findings.Where(finding => finding.Rule.Code == Ssda903Validator.SchemaRule).ToList();

        Assert.Equal(["DOB", "CHILD"], found.Select(finding => finding.Rule.Fields[0]));
        Assert.Equal(["K1", null], found.Select(finding => finding.Child));
    }

    [Theory]
    [InlineData(2024, "1", true)]
    [InlineData(2024, "M", false)]
    [InlineData(2026, "1", false)]
    [InlineData(2026, "M", true)]
    public void Codes_are_those_of_the_collection_year(int year, string sex, bool isValid)
    {
        var (now, _) = Ssda903File.Changed($"h2.SEX={sex};u1.SEX={sex}");

        var found = Ssda903Validator.Run(now, year).Findings.Where(finding => finding.Rule.Code == "101" && finding.Child == "K2");

        Assert.Equal(isValid, !found.Any());
    }

    [Fact]
    public void Each_year_has_its_rules()
    {
        var read = Ssda903File.Valid().Read();

        string[] Codes(int year) => [.. Ssda903Validator.Run(read, year).Rules.Select(rule => rule.Code)];

        Assert.DoesNotContain("SW17STG2", Codes(2025));
        Assert.DoesNotContain("231", Codes(2024));
        Assert.Contains("231", Codes(2025));
        Assert.Contains("1016", Codes(2024));
    }
}
