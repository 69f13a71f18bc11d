using System.Text.Json;
using ChildrensInfo.Core.Voice;

namespace ChildrensInfo.Web.Shared;

/// <summary>
/// What the child's own screen says: short and true, in English and Welsh, put another way where a younger or older child needs it. It always
/// says who will read, and never promises a secret that a worker cannot keep.
/// </summary>
public sealed class ChildWords(string language, ChildModeLook look)
{
    private const string Young = ".young";
    private const string Old = ".old";

    private static readonly IReadOnlyDictionary<string, (string English, string Welsh)> All = new Dictionary<string, (string, string)>
    {
        ["title"] = ("My say", "Fy llais i"),
        ["hello"] = ("This is your place to say things", "Dyma dy le di i ddweud pethau"),
        ["hello.young"] = ("Hello. What do you want to do?", "Helo. Beth wyt ti eisiau ei wneud?"),
        ["hello.old"] = ("Say what you want to say", "Dwed beth wyt ti eisiau ei ddweud"),
        ["reader"] = (
            "Your worker will read this, and so can the people they work with. If you are not safe, they will tell someone who can help.",
            "Bydd dy weithiwr yn darllen hyn, ac mae’r bobl mae’n gweithio gyda nhw yn gallu ei ddarllen hefyd. Os nad wyt ti’n ddiogel, bydd yn dweud wrth rywun sy’n gallu helpu."),
        ["reader.young"] = (
            "Your worker will read it. Other workers can too. If you are not safe, they will tell someone who can help.",
            "Bydd dy weithiwr yn ei ddarllen. Mae gweithwyr eraill yn gallu hefyd. Os nad wyt ti’n ddiogel, bydd yn dweud wrth rywun sy’n gallu helpu."),
        ["reader.old"] = (
            "Your worker will read this. Their manager and other workers who help you can read it too. The council keeps it. If you or somebody else could be harmed, they will have to tell someone.",
            "Bydd dy weithiwr yn darllen hyn. Mae ei reolwr a gweithwyr eraill sy’n dy helpu yn gallu ei ddarllen hefyd. Mae’r cyngor yn ei gadw. Os gallet ti neu rywun arall gael niwed, bydd rhaid iddyn nhw ddweud wrth rywun."),
        ["write"] = ("Write", "Ysgrifennu"),
        ["draw"] = ("Draw", "Tynnu llun"),
        ["speak"] = ("Say it out loud", "Dweud yn uchel"),
        ["speak.young"] = ("Talk", "Siarad"),
        ["who"] = ("Who must not know", "Pwy sydd ddim i gael gwybod"),
        ["who-may"] = ("Who may see what I say", "Pwy sy’n cael gweld beth rwy’n ei ddweud"),
        ["no-need"] = ("You do not have to say anything.", "Does dim rhaid i ti ddweud dim byd."),
        ["give"] = ("Give it back", "Rhoi’n ôl"),
        ["give-now"] = ("Give it back to your worker now", "Rho fe’n ôl i dy weithiwr nawr"),
        ["give-more"] = ("Everything you kept is safe. Your worker types their number here.", "Mae popeth gadwaist ti yn ddiogel. Mae dy weithiwr yn teipio ei rif yma."),
        ["back"] = ("Back", "Nôl"),
        ["read"] = ("Read it to me", "Darllen i fi"),
        ["quiet"] = ("Stop reading", "Stopio darllen"),
        ["hide"] = ("Hide", "Cuddio"),
        ["picture"] = ("Picture", "Llun"),
        ["kept"] = ("Kept, just as you made it.", "Wedi’i gadw, yn union fel y gwnest ti fe."),
        ["who-this"] = ("Who must not know this?", "Pwy sydd ddim i wybod hyn?"),
        ["told"] = ("It is written down who must not know.", "Mae wedi’i nodi pwy sydd ddim i gael gwybod."),
        ["write-ask"] = ("What do you want to say?", "Beth wyt ti eisiau ei ddweud?"),
        ["write-label"] = ("Your words. Spelling does not matter.", "Dy eiriau di. Dyw sillafu ddim yn bwysig."),
        ["draw-ask"] = ("Draw it", "Tynna lun"),
        ["speak-ask"] = ("Say it out loud", "Dwed e’n uchel"),
        ["no-script"] = ("This does not work on this device. Tell your worker.", "Dyw hyn ddim yn gweithio ar y ddyfais hon. Dwed wrth dy weithiwr."),
        ["about"] = ("What is it about?", "Am beth mae e?"),
        ["about-MyLife"] = ("My life", "Fy mywyd"),
        ["about-MyHelp"] = ("The help I get", "Yr help rwy’n ei gael"),
        ["about-APlan"] = ("A plan or a decision", "Cynllun neu benderfyniad"),
        ["about-MyInformation"] = ("What is written about me", "Beth sydd wedi’i ysgrifennu amdana i"),
        ["explain"] = ("Write about your drawing", "Ysgrifennu am dy lun"),
        ["explain-aloud"] = ("Talk about your drawing", "Siarad am dy lun"),
        ["explain-ask"] = ("What is your drawing about?", "Am beth mae dy lun?"),
        ["skip-one"] = ("Skip this", "Hepgor hwn"),
        ["skip-all"] = ("I don’t want to answer this", "Dydw i ddim eisiau ateb hwn"),
        ["skipped"] = ("You skipped this", "Fe wnest ti hepgor hwn"),
        ["answer-this"] = ("Choose one, or skip it.", "Dewis un, neu hepgor e."),
        ["answer-all"] = ("There is one more to answer. You can skip it.", "Mae un arall i’w ateb. Cei di ei hepgor."),
        ["choose-empty"] = ("Choose a picture first.", "Dewis lun yn gyntaf."),
        ["board-said"] = ("Said so far", "Wedi’i ddweud hyd yma"),
        ["board-empty"] = ("What you point at comes here.", "Mae’r hyn rwyt ti’n pwyntio ato yn dod yma."),
        ["board-back"] = ("Take the last one back", "Tynnu’r un olaf yn ôl"),
        ["board-taken"] = ("The last one is gone", "Mae’r un olaf wedi mynd"),
        ["house-which"] = ("Which one do you want to open? Start with any of them.", "Pa un wyt ti eisiau ei agor? Dechrau gydag unrhyw un."),
        ["house-name"] = ("You can call it something else", "Cei di ei alw’n rhywbeth arall"),
        ["house-words"] = ("What belongs in it?", "Beth sy’n perthyn ynddo?"),
        ["house-shut"] = ("Done with this one", "Wedi gorffen gyda hwn"),
        ["house-has"] = ("There is something in it", "Mae rhywbeth ynddo"),
        ["of"] = ("out of", "o"),
        ["next"] = ("Next", "Nesaf"),
        ["meant"] = ("Is this what you meant?", "Ai dyma oeddet ti’n ei feddwl?"),
        ["yes"] = ("Yes, keep it", "Ie, cadw fe"),
        ["change"] = ("Change it", "Newid e"),
        ["not-sure"] = ("I am not sure. Keep it", "Dydw i ddim yn siŵr. Cadw fe"),
        ["rather-not"] = ("I don’t want to answer. Keep it", "Dydw i ddim eisiau ateb. Cadw fe"),
        ["after"] = ("After this nobody can change it. You can say more at any time.", "Ar ôl hyn does neb yn gallu ei newid. Fe gei di ddweud mwy unrhyw bryd."),
        ["empty"] = ("There is nothing here yet.", "Does dim byd yma eto."),
        ["draw-empty"] = ("There is no drawing yet.", "Does dim llun yma eto."),
        ["speak-empty"] = ("There is no recording yet.", "Does dim recordiad yma eto."),
        ["long"] = ("This is too long to keep in one piece. Keep some of it first.", "Mae hwn yn rhy hir i’w gadw ar unwaith. Cadwa ran ohono yn gyntaf."),
        ["trouble"] = ("This could not be kept. Show it to your worker.", "Doedd dim modd cadw hwn. Dangos e i dy weithiwr."),
        ["again"] = ("You kept the first one already. Press again to keep this one too.", "Rwyt ti wedi cadw’r un cyntaf yn barod. Pwysa eto i gadw hwn hefyd."),
        ["who-all-ask"] = ("Who must not know what you say?", "Pwy sydd ddim i gael gwybod beth rwyt ti’n ei ddweud?"),
        ["who-this-ask"] = ("Who must not know this?", "Pwy sydd ddim i wybod hyn?"),
        ["who-truth"] = (
            "Your worker knows what you said. If you are not safe, they may have to tell someone who can help.",
            "Mae dy weithiwr yn gwybod beth ddwedaist ti. Os nad wyt ti’n ddiogel, efallai bydd rhaid dweud wrth rywun sy’n gallu helpu."),
        ["who-tick"] = ("Tick who must not know", "Ticia pwy sydd ddim i gael gwybod"),
        ["who-empty"] = ("Choose somebody, or go back.", "Dewis rywun, neu cer nôl."),
        ["who-done"] = ("That is right", "Dyna ni"),
        ["asked"] = ("What I said yes or no to", "Beth ddwedais i ie neu na iddo"),
        ["asked.young"] = ("My yes and no", "Fy ie a fy na"),
        ["asked-me"] = ("What you were asked", "Beth ofynnon ni i ti"),
        ["asked-help"] = ("You can change your mind on any of these. Nothing changes about the help you get.", "Fe gei di newid dy feddwl am unrhyw un o’r rhain. Fydd dim yn newid am yr help rwyt ti’n ei gael."),
        ["asked-help.young"] = ("You can change your mind. That is fine.", "Fe gei di newid dy feddwl. Mae hynny’n iawn."),
        ["no-change"] = ("Yes or no: you get the same help. You do not have to say why.", "Ie neu na: fe gei di’r un help. Does dim rhaid i ti ddweud pam."),
        ["answer-Given"] = ("Yes", "Ie"),
        ["answer-this-visit"] = ("Yes, just this time", "Ie, dim ond y tro hwn"),
        ["answer-Refused"] = ("No", "Na"),
        ["answer-Deferred"] = ("Let me think", "Gad i fi feddwl"),
        ["answer-Withdrawn"] = ("Stop", "Stop"),
        ["answer-Told"] = ("That is fine", "Mae hynny’n iawn"),
        ["answer-Objected"] = ("I don’t want this", "Dydw i ddim eisiau hyn"),
        ["answered-Given"] = ("You said yes. You can change your mind whenever you like.", "Fe ddwedaist ti ie. Fe gei di newid dy feddwl unrhyw bryd."),
        ["answered-Asked"] = ("You said yes. Your worker talks it through with you, or with a grown-up who looks after you. Until then it does not happen.", "Fe ddwedaist ti ie. Bydd dy weithiwr yn siarad am hyn gyda ti, neu gydag oedolyn sy’n gofalu amdanat ti. Tan hynny fydd e ddim yn digwydd."),
        ["answered-Asked.young"] = ("You said yes. Your worker asks a grown-up who looks after you too. Until then it does not happen.", "Fe ddwedaist ti ie. Bydd dy weithiwr yn gofyn i oedolyn sy’n gofalu amdanat ti hefyd. Tan hynny fydd e ddim yn digwydd."),
        ["answered-Refused"] = ("You said no. That is fine. Nothing changes about the help you get.", "Fe ddwedaist ti na. Mae hynny’n iawn. Fydd dim yn newid am yr help rwyt ti’n ei gael."),
        ["answered-Deferred"] = ("You can think about it as long as you like. Until you say yes, it is no.", "Fe gei di feddwl cyhyd ag y mynni di. Tan i ti ddweud ie, na yw e."),
        ["answered-Withdrawn"] = ("It has stopped. Nothing changes about the help you get.", "Mae wedi stopio. Fydd dim yn newid am yr help rwyt ti’n ei gael."),
        ["answered-Told"] = ("Good. You know about it now.", "Da iawn. Rwyt ti’n gwybod amdano nawr."),
        ["answered-Objected"] = ("We will leave out what you said.", "Byddwn ni’n gadael allan beth ddwedaist ti."),
        ["state-NotAsked"] = ("Not asked yet", "Heb ofyn eto"),
        ["state-Told"] = ("You know about it", "Rwyt ti’n gwybod"),
        ["state-Objected"] = ("You do not want this", "Dwyt ti ddim eisiau hyn"),
        ["state-Asked"] = ("Asked, not settled yet", "Wedi gofyn, heb ei benderfynu eto"),
        ["state-Deferred"] = ("You are thinking", "Rwyt ti’n meddwl"),
        ["state-Given"] = ("Yes", "Ie"),
        ["state-Refused"] = ("No", "Na"),
        ["state-Withdrawn"] = ("Stopped", "Wedi stopio"),
        ["state-Expired"] = ("The yes has run out", "Mae’r ie wedi dod i ben"),
        ["state-NeedsRefresh"] = ("We have to ask again", "Mae’n rhaid gofyn eto"),
        ["state-Invalidated"] = ("We have to ask again", "Mae’n rhaid gofyn eto"),
        ["wants"] = ("What about what is there already?", "Beth am yr hyn sydd yno’n barod?"),
        ["wants-StopFromNow"] = ("Leave it", "Gadael e"),
        ["wants-TakeOut"] = ("Do not use it any more", "Peidio â’i ddefnyddio mwyach"),
        ["wants-DeleteRecording"] = ("Delete it", "Ei ddileu"),
        ["wants-none"] = ("I don’t want to say", "Dydw i ddim eisiau dweud"),
        ["format-Text"] = ("In other words", "Mewn geiriau eraill"),
        ["format-EasyRead"] = ("Shorter words", "Geiriau byrrach"),
        ["format-Symbols"] = ("With pictures", "Gyda lluniau"),
        ["kin-Mother"] = ("Mum", "Mam"),
        ["kin-Father"] = ("Dad", "Dad"),
        ["kin-StepParent"] = ("My step-parent", "Fy llys-riant"),
        ["kin-Grandparent"] = ("Grandparent", "Mam-gu neu dad-cu"),
        ["kin-Sibling"] = ("Brother or sister", "Brawd neu chwaer"),
        ["kin-FosterCarer"] = ("Foster carer", "Gofalwr maeth"),
        ["kin-OtherRelative"] = ("Somebody in my family", "Rhywun yn fy nheulu"),
        ["kin-OtherCarer"] = ("Somebody who looks after me", "Rhywun sy’n gofalu amdana i"),
        ["role-Family"] = ("Everybody at home and in my family", "Pawb gartref ac yn fy nheulu"),
        ["role-OtherServices"] = ("School, doctor and others like that", "Ysgol, meddyg ac eraill fel hynny"),
        ["role-ReviewingOfficer"] = ("My reviewing officer", "Fy swyddog adolygu"),
        ["role-Advocate"] = ("My advocate", "Fy eiriolwr"),
        ["role-OtherPractitioners"] = ("Other workers", "Gweithwyr eraill"),
    };

    /// <summary>All of them, in English and in Welsh, for the screen that a device keeps.</summary>
    public static string ToJson() => JsonSerializer.Serialize(All.ToDictionary(w => w.Key, w => new[] { w.Value.English, w.Value.Welsh }));

    public string this[string key]
    {
        get
        {
            var suited = key + look switch { ChildModeLook.From4To7 => Young, ChildModeLook.From11To17 => Old, _ => "" };
            var (english, welsh) = All.TryGetValue(suited, out var words) ? words : All[key];
            return language == "cy" ? welsh : english;
        }
    }
}
